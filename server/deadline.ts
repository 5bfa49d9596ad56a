const passed = Symbol('the deadline has passed')

/**
 * Waits for `work`, but no longer than `deadlineMs`. The work itself is not stopped.
 * @param onPassed makes the result once the time is over; what it throws is thrown
 */
export async function withDeadline<T, Late = never>(
  work: PromiseLike<T>,
  deadlineMs: number,
  onPassed: () => Late | PromiseLike<Late>,
): Promise<T | Late> {
  const { promise: late, resolve } = Promise.withResolvers<typeof passed>()
  const timer = setTimeout(resolve, deadlineMs, passed)
  try {
    const outcome = await Promise.race([work, late])
    return outcome === passed ? onPassed() : outcome
  } finally {
    clearTimeout(timer)
  }
}
