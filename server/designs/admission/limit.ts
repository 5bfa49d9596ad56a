/** How many may be in at once: where it begins and what it never leaves. */
export interface LimitBounds {
  initial: number
  min: number
  max: number
}

/** What one window showed: means over the requests that left in it, and the most that were in. */
export interface WindowSample {
  /** Waiting for connections. */
  waitedMs: number
  /** Having one. */
  heldMs: number
  peak: number
}

/** Waiting below this is never overload (WeChat's DAGOR, SoCC 2018: 20 ms). */
const waitedMsMin = 20
/** Netflix' Gradient2 (Gradient2Limit.java): its tolerance, smoothing, allowance and floor. */
const tolerance = 1.5
const smoothing = 0.2
const allowance = 4
const gradientMin = 0.5

/**
 * The next limit: Gradient2's step. How long an answer takes without a queue, which Gradient2 must
 * guess from answer times, is read off the pool, so that neither a slow bank nor a busy neighbour on
 * the machine looks like a queue.
 */
export function nextLimit(limit: number, sample: WindowSample, bounds: LimitBounds): number {
  const { waitedMs, heldMs, peak } = sample
  const allowedMs = Math.max(waitedMsMin, heldMs * (tolerance - 1))
  const gradient = Math.max(gradientMin, Math.min(1, allowedMs / waitedMs))
  // A limit that nobody came near says nothing: it must not grow beyond all use.
  if (gradient === 1 && peak < limit / 2) return limit
  const wanted = limit * gradient + allowance
  const next = limit * (1 - smoothing) + wanted * smoothing
  return Math.max(bounds.min, Math.min(bounds.max, next))
}
