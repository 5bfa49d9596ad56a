import { Problem } from '../../errors.ts'
import { type Design, parseDesign } from '../design.ts'
import { assertSameLedger } from '../same-ledger.ts'
import { assertOption, type Flag, type Flags, type Subject, subjectNames } from './flags.ts'
import { assertShadows, type Shadow, type ShadowAxis, shadowsFor } from './shadow.ts'
import { isInShare } from './share.ts'

/** Axes that may be split at once: two options of each make sixteen designs. */
export const splitsMax = 4

/** What the flags make of requests: a frozen value, with every design that a request may get. */
export interface Mix {
  readonly epoch: number
  readonly flags: Flags
  /** Of customers who are in no share. */
  readonly base: Design
  /** The base first. */
  readonly designs: readonly Design[]
  /** False = every customer has the base. */
  readonly isSplit: boolean
  /** @param unit who a share goes by: the same customer always has the same design */
  designFor(unit: string): Design
  /** Axes whose flags have a shadow. */
  readonly shadowed: readonly ShadowAxis[]
  /** @param served the design that the customer has */
  shadowsFor(unit: string, served: Design): Shadow[]
}

interface Split {
  subject: Subject
  flag: Flag
}

/**
 * The designs of these flags.
 * @param start fills the axes that the flags lack
 * @throws Problem `unknown-design`, `design-refused` where options that may meet do not go together
 */
export function mixOf(flags: Flags, epoch: number, start: Design): Mix {
  const splits = splitsIn(flags)
  const designs = Array.from({ length: 2 ** splits.length }, (_, mask) =>
    designAt(flags, splits, mask, start),
  )
  const base = designs[0] ?? start
  for (const design of designs) assertSameLedger(design, base)
  const shadowed = assertShadows(flags, designs)
  return Object.freeze({
    epoch,
    flags: Object.freeze(flags),
    base,
    designs: Object.freeze(designs),
    isSplit: splits.some(({ flag }) => flag.percent > 0),
    designFor: (unit: string) => designs[maskOf(splits, unit)] ?? base,
    shadowed: Object.freeze(shadowed),
    shadowsFor: (unit: string, served: Design) => shadowsFor(flags, shadowed, unit, served),
  })
}

function splitsIn(flags: Flags): Split[] {
  const splits = subjectNames.flatMap((subject) => {
    const flag = flags[subject]
    if (!flag) return []
    assertOption(subject, flag.option, 'option')
    if (flag.to === undefined) return []
    assertOption(subject, flag.to, 'to')
    return [{ subject, flag }]
  })
  if (splits.length <= splitsMax) return splits
  const names = splits.map(({ subject }) => subject).join(', ')
  const detail = `at most ${splitsMax} may have two options at once; so many would: ${names}`
  throw new Problem('design-refused', { detail, field: 'to' })
}

/** @param mask bit by bit, which of the splits have their other option */
function designAt(flags: Flags, splits: readonly Split[], mask: number, start: Design): Design {
  const others = new Map(
    splits.flatMap(({ subject, flag }, bit) => (mask & (1 << bit) ? [[subject, flag.to]] : [])),
  )
  const words = subjectNames.flatMap((subject) => {
    const option = others.get(subject) ?? flags[subject]?.option
    return option === undefined ? [] : `${subject}=${option}`
  })
  return words.length === 0 ? start : parseDesign(words.join(','), start)
}

const maskOf = (splits: readonly Split[], unit: string): number =>
  splits.reduce(
    (mask, { subject, flag }, bit) => (isInShare(subject, flag, unit) ? mask | (1 << bit) : mask),
    0,
  )
