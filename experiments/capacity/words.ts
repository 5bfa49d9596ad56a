import { interval, times } from '../judge/format.ts'
import type { ArmSpec } from '../run/result.ts'
import type { ArmCapacity, CapacityRatio } from './result.ts'
import type { Outcome } from './search.ts'

/** How tables name an arm: as the command line did. */
export const nameOf = ({ asked, name }: ArmSpec) => asked ?? name

export const outcomeWords: Record<Outcome, string> = {
  held: 'held',
  lost: 'not held',
  unclear: 'unclear',
}

/** `97 (88 to 108)`, `at least 70`, `none`, or `unknown` where too little was tried. */
export function rateWords({ rate, low, high, isComplete }: ArmCapacity): string {
  if (rate === 0) return isComplete ? 'none' : 'unknown'
  return high === null ? `at least ${rate}` : `${rate} (${low} to ${high})`
}

/** `9.20 × (7.10 to 12.0)`, `at least 8.30 ×`, or `unknown`. */
export function ratioWords(ratio: CapacityRatio | null): string {
  if (ratio === null) return 'unknown'
  const { value, low, high } = ratio
  if (low === null) return `at most ${times(value)}`
  return high === null ? `at least ${times(value)}` : interval({ value, low, high })
}
