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

/** Waiting below this is never overload: a tenth of what a checkout may take at p99. */
const waitedMsMin = 50
/**
 * How long an answer may take, of what it would without a queue. Gradient2 has 1.5; a pool whose
 * users wait as long as they work is nine tenths busy (M/M/c), and that is worth having.
 */
const tolerance = 2
/** Netflix' Gradient2 (Gradient2Limit.java): its smoothing, allowance and floor. */
const smoothing = 0.2
const allowance = 4
const gradientMin = 0.5

/**
 * The next limit: Gradient2's step. How long an answer takes without a queue, which Gradient2 must
 * guess from answer times, is read off the pool, so that neither a slow bank nor a busy neighbour
 * looks like a queue.
 */
export function nextLimit(limit: number, sample: WindowSample, bounds: LimitBounds): number {
  const { waitedMs, heldMs, peak } = sample
  const allowedMs = Math.max(waitedMsMin, heldMs * (tolerance - 1))
  const gradient = Math.max(gradientMin, Math.min(1, allowedMs / waitedMs))
  // A limit that was never near says nothing: it must not grow beyond all use.
  if (gradient === 1 && peak < limit / 2) return limit
  const wanted = limit * gradient + allowance
  const next = limit * (1 - smoothing) + wanted * smoothing
  return Math.max(bounds.min, Math.min(bounds.max, next))
}
