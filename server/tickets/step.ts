/** How many ids to lease at a time, as it was learnt from how long they last. */
export interface Step {
  current(): number
  /** Must be called for each lease that succeeded. */
  leased(): void
}

export interface StepOptions {
  /** Also where it begins. */
  least: number
  most: number
  /** A lease is to last from this long to twice as long, milliseconds. */
  lastsMs: number
  /** Milliseconds of a clock that never goes back. */
  now?: (() => number) | undefined
}

/**
 * Doubles when a lease is used up sooner than it should be, halves when it lasts more than twice as
 * long (Meituan's Leaf, segment mode).
 */
export function createStep(options: StepOptions): Step {
  const { least, most, lastsMs, now = () => performance.now() } = options
  let step = least
  let leasedAtMs: number | undefined
  return {
    current: () => step,
    leased() {
      const nowMs = now()
      const lastedMs = leasedAtMs === undefined ? lastsMs : nowMs - leasedAtMs
      leasedAtMs = nowMs
      if (lastedMs < lastsMs) step = Math.min(step * 2, most)
      else if (lastedMs > lastsMs * 2) step = Math.max(Math.floor(step / 2), least)
    },
  }
}
