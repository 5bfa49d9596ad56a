import type { ArmSpec } from '../experiments/run/result.ts'
import { joined, labelOf, parsed } from './flags.ts'
import { BadValue, parseList } from './values.ts'

interface AskedArm {
  /** The whole design. */
  design: string
  /** As it was asked for, its options parted by commas. */
  text: string
}

function parseArm(text: string): AskedArm {
  if (text === '') throw new BadValue('an arm has no design')
  const design = text.replaceAll('+', ',')
  return { design: labelOf(design), text: design }
}

/** One design or more, of commands that search something of each. */
export const searchedArmsFlag = {
  arms: {
    hint: 'design,…',
    help: `one design or more, default before,after; ${joined}`,
    value: parsed((text) => parseList(text, parseArm, ({ design }) => design)).prefault(
      'before,after',
    ),
  },
}

/** Each with a name that files and metrics can have. */
export const armSpecsOf = (arms: readonly AskedArm[]): ArmSpec[] =>
  arms.map(({ design, text }, index) => ({
    name: /^[a-z]+$/.test(text) ? text : `arm-${index + 1}`,
    design,
    asked: text.replaceAll(',', '+'),
  }))
