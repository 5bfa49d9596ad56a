import { byField, type Difference, differences, type ShadowAnswer } from './compare.ts'

/** What was answered the first time, and again once the declared staleness had passed. */
export interface Repeated {
  served: ShadowAnswer
  servedAgain: ShadowAnswer
  shadow: ShadowAnswer
  shadowAgain: ShadowAnswer
  /** Longest that one of the options may be behind the database, milliseconds. */
  stalenessMs: number
}

/** What a pair that differed comes to. */
export interface Judged {
  mismatches: Difference[]
  /** Fields in which the served option differs from itself: the data changed meanwhile. */
  natural: string[]
}

/**
 * Separates defects from what differs by nature, for each field of its own.
 * @param isNoise of fields that are known to differ each time, and were counted
 * in: both options' answers, twice · out: a field is natural where the served option differs from
 * itself; it is no defect either where one of the options may be stale and both agree by the second
 * time; else it is a mismatch · leaves open: a value that changed and changed back between the two
 * answers of the served option.
 */
export function judgePair(
  pair: Repeated,
  isNoise: (field: string) => boolean = () => false,
): Judged {
  const { served, servedAgain, shadow, shadowAgain, stalenessMs } = pair
  const moved = byField(differences(served, servedAgain))
  const first = byField(differences(served, shadow))
  const later = byField(differences(servedAgain, shadowAgain))
  const found = stalenessMs > 0 ? later : first
  const mismatches = [...found.values()].filter(({ field }) => !moved.has(field) && !isNoise(field))
  const natural = [...first.keys()].filter((field) => moved.has(field) && !isNoise(field))
  return { mismatches: stalenessMs > 0 ? both(mismatches, first) : mismatches, natural }
}

/** Of options that may be stale a field must have differed both times. */
const both = (mismatches: Difference[], first: ReadonlyMap<string, Difference>): Difference[] =>
  mismatches.filter(({ field }) => first.has(field))
