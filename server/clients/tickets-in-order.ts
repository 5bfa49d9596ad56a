import { type Range, rangeCountMax } from '../tickets/ranges.ts'
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
 * Ids of one sequence that nobody has leased ahead: whoever asks after another one was answered, in
 * any process, gets the larger id.
 * in: counts · out: a range each · closes: an id handed out late from an early lease, by asking the
 * server after the caller has come; callers that come while one round trip is under way share the
 * next, so that there are never two.
 */
export function createInOrder({ counts, request, unavailable }: InOrderOptions) {
  const waiting: Caller[] = []
  let underWay = false

  /** From the front of the line, as many as one request may ask for. */
  function nextBatch(): Caller[] {
    let sum = 0
    const fitting = waiting.findIndex(({ count }) => {
      sum += count
      return sum > rangeCountMax
    })
    return waiting.splice(0, fitting < 0 ? waiting.length : fitting)
  }

  /** Never rejects: an error goes to the callers of the round trip. */
  async function ask(batch: Caller[]): Promise<void> {
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

  async function askForAll(): Promise<void> {
    if (underWay) return
    underWay = true
    // Callers of this turn of the loop come along.
    await Promise.resolve()
    while (waiting.length > 0) await ask(nextBatch())
    underWay = false
  }

  /** Throws `RangeError` on a count beyond 1..100,000. */
  return function take(count: number): Promise<Range> {
    if (!Number.isInteger(count) || count < 1 || count > rangeCountMax) {
      throw new RangeError(`count must be 1 to ${rangeCountMax}, got ${count}`)
    }
    counts.waits++
    const { promise, resolve, reject } = Promise.withResolvers<Range>()
    waiting.push({ count, resolve, reject })
    void askForAll()
    return promise
  }
}
