import { z } from 'zod'
import type { LadderOptions } from '../experiments/ladder/options.ts'
import { shapeOf } from '../experiments/run/plan.ts'
import { surroundingsOfArms } from '../experiments/run/require-servers.ts'
import { unknownWord } from '../lab/unknown-word.ts'
import { exitCodes, UserError } from '../lab/user-error.ts'
import { parseDesignIn } from '../server/designs/design.ts'
import { axisWords, optionsOf, sideBySide } from '../server/designs/ladder.ts'
import { defineCommand } from './command.ts'
import { labelOf, parsed, requireArrivals } from './flags.ts'
import { ladderFlags } from './ladder-flags.ts'
import { BadValue } from './values.ts'

const nothingAsked = `say what to compare: axis=option,option; axes: ${axisWords.join(', ')}`

/** `ids` or `ids=sequence-table,ticket-server`. @throws BadValue */
function parseOptions(text: string): { axis: string; options: string[] } {
  const [, axis = text, list] = /^([^=]*)=(.*)$/.exec(text) ?? []
  const known = optionsOf(axis)
  if (!known) throw new BadValue(unknownWord('axis', axis, axisWords).message)
  const options = list === undefined ? known : list.split(',').map((word) => word.trim())
  for (const [index, option] of options.entries()) {
    if (!known.includes(option)) {
      throw new BadValue(unknownWord(`option of ${axis}`, option, known).message)
    }
    if (options.indexOf(option) < index) throw new BadValue(`${axis}=${option} is named twice`)
  }
  if (options.length < 2) {
    throw new BadValue(`a comparison needs two options of ${axis}; it has: ${known.join(', ')}`)
  }
  return { axis, options }
}

const base = parsed((text) => {
  const design = text.replaceAll('+', ',')
  return { asked: design.replaceAll(',', '+'), label: labelOf(design) }
})

export default defineCommand({
  name: 'compare',
  description: 'run options of one axis side by side, audit and compare them',
  flags: {
    options: {
      words: 'one',
      hint: 'axis=option,option',
      help: 'the first is the baseline of the others; an axis alone means all its options',
      value: z.string(nothingAsked).min(1, nothingAsked).pipe(parsed(parseOptions)),
    },
    base: {
      hint: 'after|before|design',
      help: 'the other axes; join with +, as in after+ids=sequence-table; default after',
      value: base.prefault('after'),
    },
    ...ladderFlags,
  },
  complete: ({ options: { axis, options }, base, ...shared }): LadderOptions => {
    const asked = `${axis}=${options.join(',')}`
    const { database } = shared
    const surroundings = surroundingsOfArms(database)
    const parse = (text: string) => parseDesignIn(surroundings, text)
    const found = sideBySide(axis, options, base.label, parse)
    if (found.variants.length < 2) {
      const why = found.leftOut.map(({ name, reason }) => `${name}: ${reason}`).join('; ')
      throw new UserError(`'${asked}' leaves nothing to compare: ${why}`, exitCodes.badArguments)
    }
    requireArrivals(shared.arrivals, shapeOf(shared))
    return { kind: 'compare', ...found, words: [asked, `--base ${base.asked}`], ...shared }
  },
  run: async (options) => (await import('../experiments/ladder/command.ts')).ladder(options),
})
