import { z } from 'zod'

const share = (what: string) => z.number().min(0).max(1).default(0).describe(what)
const seconds = (what: string) => z.number().min(0).max(900).default(0).describe(what)

/** How hard a fault bites over its time: from `start` up to 1, and from 1 down to `end`. */
export const ramp = z.strictObject({
  start: share('Factor of the probability when it begins'),
  upSeconds: seconds('So long until the factor is 1'),
  downSeconds: seconds('So long before its end the factor begins to sink'),
  end: share('Factor of the probability when it ends'),
})

export type Ramp = z.output<typeof ramp>

/**
 * @param elapsedMs since the fault began
 * @param remainingMs until its time to live is over
 * @returns the factor of its probability, 0 to 1; the lower one where both slopes meet
 */
export function levelOf(ramp: Ramp | undefined, elapsedMs: number, remainingMs: number): number {
  if (ramp === undefined) return 1
  const { start, upSeconds, downSeconds, end } = ramp
  return Math.min(slope(start, upSeconds, elapsedMs), slope(end, downSeconds, remainingMs))
}

/** From `low` at 0 ms to 1 after the seconds, and 1 from then on. */
const slope = (low: number, seconds: number, ms: number) =>
  ms >= seconds * 1000 ? 1 : low + ((1 - low) * Math.max(0, ms)) / (seconds * 1000)
