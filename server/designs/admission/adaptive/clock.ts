/** Monotonic milliseconds and timers; tests bring their own. */
export interface Clock {
  nowMs(): number
  /** Never keeps a process alive. */
  after(delayMs: number, run: () => void): void
}

export const realClock: Clock = {
  nowMs: () => performance.now(),
  after: (delayMs, run) => void setTimeout(run, delayMs).unref(),
}
