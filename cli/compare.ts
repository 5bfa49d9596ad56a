import type { LadderOptions } from '../experiments/ladder/options.ts'
import { unknownWord } from '../lab/unknown-word.ts'
import { exitCodes, UserError } from '../lab/user-error.ts'
import { axisWords, optionsOf, sideBySide } from '../server/designs/ladder.ts'
import { type Command, readArguments } from './arguments.ts'
import { designLabel } from './flags.ts'
import { ladderFlags, readLadderFlags } from './ladder-flags.ts'

const flags = {
  options: {
    type: 'positional',
    required: true,
    valueHint: 'axis=option,option',
    description: 'the first is what the others are compared with; an axis alone means all of it',
  },
  base: {
    type: 'string',
    valueHint: 'after|before|design',
    description: 'the other axes; join with +, as in after+ids=sequence-table; default after',
  },
  ...ladderFlags,
} as const

/**
 * The command line as plain data.
 * @throws UserError (exit 4) naming the flag or the word
 */
export function readCompareOptions(raw: string[]): LadderOptions {
  const words = readArguments(raw, flags)
  const [asked = ''] = words.positionals
  const { axis, options } = readOptions(asked)
  const { base: bases = [], ...texts } = words.texts
  const base = (bases.at(-1) ?? 'after').replaceAll('+', ',')
  const { rungs, leftOut } = sideBySide(axis, options, designLabel(base, '--base'))
  if (rungs.length < 2) {
    const why = leftOut.map(({ name, reason }) => `${name}: ${reason}`).join('; ')
    throw new UserError(`'${asked}' leaves nothing to compare: ${why}`, exitCodes.badArguments)
  }
  return {
    kind: 'compare',
    rungs,
    leftOut,
    words: [`${axis}=${options.join(',')}`, `--base ${base.replaceAll(',', '+')}`],
    ...readLadderFlags({ ...words, texts }),
  }
}

function readOptions(asked: string): { axis: string; options: string[] } {
  const equals = asked.indexOf('=')
  const axis = equals < 0 ? asked : asked.slice(0, equals)
  const known = optionsOf(axis)
  if (!known) throw axis === '' ? noOptions() : unknownWord('axis', axis, axisWords)
  if (equals < 0) return { axis, options: enough(known, axis) }
  const options = asked
    .slice(equals + 1)
    .split(',')
    .map((word) => word.trim())
  for (const [index, option] of options.entries()) {
    if (!known.includes(option)) throw unknownWord(`option of ${axis}`, option, known)
    if (options.indexOf(option) < index) {
      throw new UserError(`${axis}=${option} is named twice`, exitCodes.badArguments)
    }
  }
  return { axis, options: enough(options, axis) }
}

function enough(options: string[], axis: string): string[] {
  if (options.length > 1) return options
  const text = `a comparison needs two options of ${axis}; it has: ${optionsOf(axis)?.join(', ')}`
  throw new UserError(text, exitCodes.badArguments)
}

const noOptions = () =>
  new UserError(
    `say what to compare: axis=option,option; axes: ${axisWords.join(', ')}`,
    exitCodes.badArguments,
  )

export default {
  meta: { name: 'compare', description: 'options of one axis side by side, audited and compared' },
  args: flags,
  run: async (raw) => {
    const options = readCompareOptions(raw)
    const { ladder } = await import('../experiments/ladder/command.ts')
    process.exitCode = await ladder(options)
  },
} satisfies Command
