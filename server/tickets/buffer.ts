import type { TicketClientStats } from './client.ts'
import { type Range, rangeCountMax } from './ranges.ts'

/**
 * After a failed refill the background one rests this long; a caller without ids never waits for
 * it.
 */
const restMs = 100

export interface BufferOptions {
  rangeSize: number
  refillBelow: number
  timeoutMs: number
  /** Counted into, shared by all sequences of a client. */
  stats: TicketClientStats
  /** Fetches a range of `count` ids; must settle by itself within `timeoutMs`. */
  request(count: number): Promise<Range>
  /** The error that a caller gets when no ids came. */
  unavailable(cause: unknown): Error
}

interface Waiter {
  count: number
  resolve(ids: string[]): void
  reject(error: Error): void
}

/**
 * The ids of one sequence: a current range and those fetched ahead.
 * Race closed: callers that find too few ids queue up and are served in order by the refill itself,
 * so a later caller can neither overtake them nor get a smaller id.
 */
export function createBuffer(options: BufferOptions) {
  const { rangeSize, timeoutMs, stats } = options
  const ranges: Range[] = []
  const waiters: Waiter[] = []
  let size = 0
  let highest = 0
  let refilling = false
  let restUntilMs = 0

  function shift(): string {
    const range = ranges[0]
    if (!range) throw new Error('the buffer is empty')
    const id = range.first++
    if (range.first > range.last) ranges.shift()
    size--
    return String(id)
  }

  const shiftMany = (count: number) => Array.from({ length: count }, shift)

  function accept(range: Range): void {
    if (range.first <= highest)
      throw new Error(`the server went back: ${range.first} <= ${highest}`)
    highest = range.last
    size += range.last - range.first + 1
    ranges.push({ ...range })
    stats.refills++
    for (let waiter = waiters[0]; waiter && waiter.count <= size; waiter = waiters[0]) {
      waiters.shift()
      waiter.resolve(shiftMany(waiter.count))
    }
  }

  function fail(cause: unknown): void {
    stats.refillErrors++
    restUntilMs = performance.now() + restMs
    for (const waiter of waiters.splice(0)) waiter.reject(options.unavailable(cause))
  }

  /** Never rejects: an error goes to the waiters, if there are any. */
  async function refill(): Promise<void> {
    if (refilling) return
    refilling = true
    const missing = waiters.reduce((sum, waiter) => sum + waiter.count, -size)
    try {
      accept(await options.request(Math.min(Math.max(missing, rangeSize), rangeCountMax)))
    } catch (error) {
      fail(error)
    }
    refilling = false
    if (waiters.length > 0) void refill()
  }

  function prefetch(): void {
    if (refilling || size >= rangeSize * options.refillBelow) return
    if (performance.now() >= restUntilMs) void refill()
  }

  function wait(count: number): Promise<string[]> {
    stats.waits++
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        count,
        resolve: (ids) => {
          clearTimeout(deadline)
          resolve(ids)
        },
        reject: (error) => {
          clearTimeout(deadline)
          reject(error)
        },
      }
      const deadline = setTimeout(() => {
        waiters.splice(waiters.indexOf(waiter), 1)
        reject(options.unavailable(new Error(`waited ${timeoutMs} ms`)))
      }, timeoutMs)
      waiters.push(waiter)
      void refill()
    })
  }

  function take(count: number): string[] | Promise<string[]> {
    if (!Number.isInteger(count) || count < 1 || count > rangeCountMax) {
      throw new RangeError(`count must be 1 to ${rangeCountMax}, got ${count}`)
    }
    if (waiters.length > 0 || size < count) return wait(count)
    const ids = shiftMany(count)
    prefetch()
    return ids
  }

  function next(): string | Promise<string> {
    if (waiters.length > 0 || size < 1) return wait(1).then((ids) => String(ids[0]))
    const id = shift()
    prefetch()
    return id
  }

  return { next, take, buffered: () => (waiters.length > 0 ? 0 : size) }
}
