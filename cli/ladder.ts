import type { LadderOptions } from '../experiments/ladder/options.ts'
import { ladder as rungsOfLadder } from '../server/designs/ladder.ts'
import { type Command, readArguments } from './arguments.ts'
import { ladderFlags, readLadderFlags } from './ladder-flags.ts'

const flags = {
  ...ladderFlags,
  'leave-out': {
    type: 'boolean',
    default: true,
    description: 'also after without each axis; not with --quick unless asked for',
    negativeDescription: 'only before with each axis, and after: half the time',
  },
} as const

/**
 * The command line as plain data.
 * @throws UserError (exit 4) naming the flag
 */
export function readLadderOptions(raw: string[]): LadderOptions {
  const words = readArguments(raw, flags)
  const shared = readLadderFlags(words)
  const leaveOut = words.switches['leave-out'] ?? !shared.quick
  return {
    kind: 'ladder',
    ...rungsOfLadder(leaveOut),
    words: [leaveOut ? '--leave-out' : '--no-leave-out'],
    ...shared,
  }
}

export default {
  meta: { name: 'ladder', description: 'what each axis bought: alone, left out, all together' },
  args: flags,
  run: async (raw) => {
    const options = readLadderOptions(raw)
    const { ladder } = await import('../experiments/ladder/command.ts')
    process.exitCode = await ladder(options)
  },
} satisfies Command
