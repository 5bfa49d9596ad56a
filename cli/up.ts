import { z } from 'zod'
import type { UpOptions } from '../experiments/up/up.ts'
import { type Command, readArguments, validateFlags } from './arguments.ts'
import { designLabel, installFlag, lastOf, parsed } from './flags.ts'
import { parseArms } from './values.ts'

const flags = {
  arms: {
    type: 'string',
    valueHint: 'before,after',
    description: 'two designs; join the axes of one with +, as in after+ids=sequence-table',
  },
  install: installFlag,
} as const

const schema = z.object({ arms: parsed(parseArms).default(['before', 'after']) })

/**
 * The command line as plain data.
 * @throws UserError (exit 4) naming the flag
 */
export function readUpOptions(raw: string[]): UpOptions {
  const { texts, switches } = readArguments(raw, flags)
  const { arms } = validateFlags(schema, lastOf(texts))
  return {
    labels: [designLabel(arms[0]), designLabel(arms[1])],
    install: switches.install ?? true,
  }
}

export default {
  meta: { name: 'up', description: 'both designs and Prometheus, until Ctrl-C or down' },
  args: flags,
  run: async (raw) => {
    const options = readUpOptions(raw)
    const { up } = await import('../experiments/up/up.ts')
    await up(options)
  },
} satisfies Command
