import { assertCount, type Range, rangeCountMax } from '../tickets/ranges.ts'
import type { BufferCounts } from './ticket-buffer.ts'

export interface InOrderOptions {
  /** Counted into: a round trip is a refill, a caller a wait. */
  counts: BufferCounts
  /** Fetches a range of `count` ids; must settle by itself in bounded time. */
  request(count: number): Promise<Range>
  /** The error that a caller gets when no ids came. */
  unavailable(cause: unknown): Error
}

interface Caller {
  count: number
  resolve(range: Range): void
  reject(error: Error): void
}

/**
 * Ids of one sequence that are not leased ahead: a caller that asks after another one was answered,
 * in any process, gets the larger id.
 * in: counts · out: a range each · closes: an id handed out late from an early lease, by asking the
 * server after the caller has come; callers that come while one round trip is under way share the
 * next, so that there are never two.
 */
export class TicketsInOrder {
  readonly #options: InOrderOptions
  readonly #waiting: Caller[] = []
  #isAsking = false

  constructor(options: InOrderOptions) {
    this.#options = options
  }

  /** Throws `RangeError` on a count beyond 1..100,000. */
  take(count: number): Promise<Range> {
    assertCount(count)
    this.#options.counts.waits++
    const { promise, resolve, reject } = Promise.withResolvers<Range>()
    this.#waiting.push({ count, resolve, reject })
    void this.#askForAll()
    return promise
  }

  async #askForAll(): Promise<void> {
    if (this.#isAsking) return
    this.#isAsking = true
    // Callers of this turn of the event loop share the request.
    await Promise.resolve()
    while (this.#waiting.length > 0) await this.#ask(this.#nextBatch())
    this.#isAsking = false
  }

  /** From the front of the queue, as many as one request may ask for. */
  #nextBatch(): Caller[] {
    let sum = 0
    const fitting = this.#waiting.findIndex(({ count }) => {
      sum += count
      return sum > rangeCountMax
    })
    return this.#waiting.splice(0, fitting < 0 ? this.#waiting.length : fitting)
  }

  /** Never rejects: an error goes to the callers of the round trip. */
  async #ask(batch: Caller[]): Promise<void> {
    const { counts, request, unavailable } = this.#options
    try {
      const range = await request(batch.reduce((sum, { count }) => sum + count, 0))
      counts.refills++
      let first = range.first
      for (const { count, resolve } of batch) {
        resolve({ first, last: first + count - 1 })
        first += count
      }
    } catch (cause) {
      counts.refillErrors++
      for (const { reject } of batch) reject(unavailable(cause))
    }
  }
}
