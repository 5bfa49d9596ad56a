export interface BreakerOptions {
  /** So many calls in a row without an answer, and the peer counts as away. */
  failuresMax?: number
  /** It is left alone for so long; then one call tries it. */
  restMs?: number
  /** A monotonic clock. */
  nowMs?: () => number
}

export type Breaker = ReturnType<typeof createBreaker>

/** A circuit breaker: a peer that is away is not asked by everybody. */
export function createBreaker(options: BreakerOptions = {}) {
  const { failuresMax = 10, restMs = 1000, nowMs = () => performance.now() } = options
  let failures = 0
  let restsUntilMs = 0
  let isTrying = false
  const isOpen = () => failures >= failuresMax && (isTrying || nowMs() < restsUntilMs)
  return {
    /** True while calls are refused. */
    isOpen,
    /**
     * Makes the call, or gives undefined without it while the breaker is open.
     * @param hasAnswer judges the result: an answer closes the breaker
     */
    async run<T>(
      call: () => Promise<T>,
      hasAnswer: (result: T) => boolean,
    ): Promise<T | undefined> {
      if (isOpen()) return undefined
      const isTrial = failures >= failuresMax
      if (isTrial) isTrying = true
      try {
        const result = await call()
        failures = hasAnswer(result) ? 0 : failures + 1
        restsUntilMs = nowMs() + restMs
        return result
      } finally {
        if (isTrial) isTrying = false
      }
    },
  }
}
