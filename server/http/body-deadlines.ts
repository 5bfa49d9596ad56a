/** What is waited by, ms; a test has its own. */
export interface Clock {
  nowMs(): number
  after(delayMs: number, run: () => void): unknown
}

interface Limits {
  /** How long a body may take. */
  waitMsMax: number
  /** Bodies that wait at once: above it the oldest is given up. What they hold is bounded. */
  openMax?: number
}

interface Waiting {
  dueMs: number
  giveUp(): void
}

const openMaxDefault = 2048
/** Senders that begin together are late together: given up at once, they would stop all others. */
const givenUpAtOnceMax = 4
const pauseMs = 5

const processClock: Clock = {
  nowMs: () => performance.now(),
  after: (delayMs, run) => setTimeout(run, delayMs),
}

/**
 * The bodies that a process waits for, the oldest first, since each may take as long. One timer
 * serves them all, and those that are late are given up a few at a time, so that a crowd of slow
 * senders costs the others no more than its share, and comes back spread out.
 */
export class BodyDeadlines {
  readonly #waitMsMax: number
  readonly #openMax: number
  readonly #clock: Clock
  readonly #waiting = new Set<Waiting>()
  #isTimed = false

  constructor({ waitMsMax, openMax = openMaxDefault }: Limits, clock = processClock) {
    this.#waitMsMax = waitMsMax
    this.#openMax = openMax
    this.#clock = clock
  }

  /** Bodies that have not come yet. */
  get open(): number {
    return this.#waiting.size
  }

  /**
   * Waits for a body, but no longer than it may take. The work itself is not stopped.
   * @param onLate makes the error that is thrown then
   */
  async wait<T>(body: Promise<T>, onLate: () => Error): Promise<T> {
    // It nearly always has come with its head.
    if (Bun.peek.status(body) !== 'pending') return await body
    const late = Promise.withResolvers<never>()
    const one = {
      dueMs: this.#clock.nowMs() + this.#waitMsMax,
      giveUp: () => late.reject(onLate()),
    }
    this.#waiting.add(one)
    if (this.#waiting.size > this.#openMax) this.#giveUpOldest()
    this.#time(this.#waitMsMax)
    try {
      return await Promise.race([body, late.promise])
    } finally {
      this.#waiting.delete(one)
    }
  }

  #giveUpOldest(): void {
    const [oldest] = this.#waiting
    if (!oldest) return
    this.#waiting.delete(oldest)
    oldest.giveUp()
  }

  #time(delayMs: number): void {
    if (this.#isTimed) return
    this.#isTimed = true
    this.#clock.after(delayMs, () => {
      this.#isTimed = false
      this.#giveUpLate()
    })
  }

  #giveUpLate(): void {
    const nowMs = this.#clock.nowMs()
    for (let given = 0; given < givenUpAtOnceMax; given += 1) {
      const [oldest] = this.#waiting
      if (!oldest || oldest.dueMs > nowMs) break
      this.#giveUpOldest()
    }
    const [next] = this.#waiting
    if (next) this.#time(Math.max(pauseMs, next.dueMs - nowMs))
  }
}
