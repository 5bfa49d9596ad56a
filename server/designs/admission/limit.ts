/** How many may be in at once: where it begins and what it never leaves. */
export interface LimitBounds {
  initial: number
  min: number
  max: number
}

/** What one window showed. */
export interface WindowSample {
  /** Mean time a request spent waiting for connections. */
  queueingMs: number
  /** Most requests that were in at once. */
  peak: number
}

/** Mean queueing above this is overload (WeChat's DAGOR, SoCC 2018: 20 ms). */
export const queueingMsTarget = 20
/** Netflix' Gradient2 (Gradient2Limit.java): its smoothing, its allowance, its floor. */
const smoothing = 0.2
const allowance = 4
const gradientMin = 0.5

/**
 * The next limit. Gradient2's step with DAGOR's signal: time spent queueing is read off the pool
 * where Gradient2 guesses it from answer times, which here differ by route and by bank, and which a
 * busy neighbour on the machine lengthens, however few are let in.
 */
export function nextLimit(limit: number, sample: WindowSample, bounds: LimitBounds): number {
  const { queueingMs, peak } = sample
  const gradient = Math.max(gradientMin, Math.min(1, queueingMsTarget / queueingMs))
  // A limit that nobody came near says nothing: it must not grow beyond all use.
  if (gradient === 1 && peak < limit / 2) return limit
  const wanted = limit * gradient + allowance
  const next = limit * (1 - smoothing) + wanted * smoothing
  return Math.max(bounds.min, Math.min(bounds.max, next))
}
