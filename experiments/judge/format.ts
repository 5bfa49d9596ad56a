import type { OfferedTime, Ratio } from '../run/result.ts'
import type { Estimate } from './inference.ts'
import type { Bound } from './result.ts'

/** 1,234 or 12.3 below a hundred: three significant figures are what a run can carry. */
export function amount(value: number): string {
  const digits = Number.isInteger(value) || value >= 100 ? 0 : value >= 10 ? 1 : 2
  return value.toLocaleString('en-US', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  })
}

/** Milliseconds as people say them: 212 ms, 4.82 s, 2.1 min. */
export function duration(ms: number): string {
  if (ms < 1000) return `${ms < 10 ? amount(ms) : Math.round(ms)} ms`
  return ms < 120_000 ? `${amount(ms / 1000)} s` : `${amount(ms / 60_000)} min`
}

/** `480 ms`, or `> 6.10 s` where the time is only known to be more. */
export const timeWords = ({ ms, isBound }: OfferedTime): string =>
  `${isBound ? '> ' : ''}${duration(ms)}`

/** 0..100 with as many digits as needed to tell 99.96 from 100. */
export function percent(value: number): string {
  if (value === 100 || value === 0) return `${value} %`
  const digits = value > 99 || value < 1 ? 2 : 1
  // Rounding must not turn "nearly all" into "all", nor "hardly any" into "none".
  const shown = Math.min(99.99, Math.max(0.01, value))
  return `${shown.toFixed(digits)} %`
}

/** A share as a percentage of as few digits as it has: 0.05 = `5 %`. */
export const wholePercent = (share: number): string => `${Number((share * 100).toFixed(2))} %`

/** A ratio of after to before: 5.9 ×, 0.044 ×. */
export function times(value: number): string {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : value >= 0.1 ? 2 : 3
  return `${value.toFixed(digits)} ×`
}

/** `5.90 × (5.11 to 6.80)`; `spreadWords` says what is between the two. */
export function interval({ value, low, high, bound }: Ratio & { bound?: Bound }): string {
  const sign = bound ? { 'at most': '≤ ', 'at least': '≥ ' }[bound] : ''
  return `${sign}${times(value)} (${times(low).slice(0, -2)} to ${times(high).slice(0, -2)})`
}

/** `95 % interval`; of few pairs, which has no coverage to state, `range of 4 pairs`. */
export const spreadWords = ({ coverage, pairs }: Pick<Estimate, 'coverage' | 'pairs'>): string =>
  coverage === null
    ? `range of ${pairs} ${pairs === 1 ? 'pair' : 'pairs'}`
    : `${coverage * 100} % interval`
