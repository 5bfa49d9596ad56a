import { type Range, rangeCountMax, sizeOf } from '../tickets/ranges.ts'
import type { Step } from '../tickets/step.ts'

/**
 * After a failed refill the background one rests this long; a caller without ids never waits for
 * it.
 */
const restMs = 100

export interface BufferCounts {
  /** Ranges received. */
  refills: number
  refillErrors: number
  /** Calls that found too few ids and had to wait. */
  waits: number
}

export interface BufferOptions {
  step: Step
  /** Share of the last range below which the next one is fetched in the background. */
  refillBelow: number
  /** Most ids that are fetched at a time. */
  requestMax: number
  /** Longest that a caller waits for ids. */
  timeoutMs: number
  /** What is taken at once must be one range: a rest too small for it is passed over, a gap. */
  isWhole?: boolean
  counts: BufferCounts
  /** Fetches a range of `count` ids; must settle by itself in bounded time. */
  request(count: number): Promise<Range>
  /** The error that a caller gets when no ids came. */
  unavailable(cause: unknown): Error
}

interface Waiter {
  count: number
  resolve(taken: Range[]): void
  reject(error: Error): void
}

/**
 * The ids of one sequence: what is left of the current range, and those fetched ahead.
 * Race closed: callers that find too few ids queue up and are served in order by the refill itself,
 * so a later caller can neither overtake them nor get a smaller id.
 */
export function createBuffer(options: BufferOptions) {
  const { step, isWhole = false, timeoutMs, counts } = options
  const ranges: Range[] = []
  const waiters: Waiter[] = []
  let size = 0
  let highest = 0
  let lastSize = 0
  let refilling = false
  let restUntilMs = 0

  function accept(range: Range): void {
    if (range.first <= highest)
      throw new Error(`the server went back: ${range.first} <= ${highest}`)
    highest = range.last
    lastSize = sizeOf(range)
    size += lastSize
    const end = ranges.at(-1)
    if (end?.last === range.first - 1) end.last = range.last
    else ranges.push({ ...range })
    counts.refills++
    step.leased()
    serve()
  }

  function serve(): void {
    for (let waiter = waiters[0]; waiter; waiter = waiters[0]) {
      const taken = takeBuffered(waiter.count)
      if (!taken) return
      waiters.shift()
      waiter.resolve(taken)
    }
  }

  function takeBuffered(count: number): Range[] | undefined {
    if (isWhole) passOver(count)
    if ((isWhole ? sizeOf(ranges[0] ?? { first: 1, last: 0 }) : size) < count) return undefined
    const taken: Range[] = []
    let missing = count
    for (let range = ranges[0]; range && missing > 0; range = ranges[0]) {
      const last = Math.min(range.first + missing - 1, range.last)
      const part = { first: range.first, last }
      taken.push(part)
      missing -= sizeOf(part)
      range.first = last + 1
      if (range.first > range.last) ranges.shift()
    }
    size -= count
    return taken
  }

  /** Drops ranges too small for `count` when one behind them is large enough. */
  function passOver(count: number): void {
    const fitting = ranges.findIndex((range) => sizeOf(range) >= count)
    for (const skipped of ranges.splice(0, Math.max(fitting, 0))) size -= sizeOf(skipped)
  }

  function fail(cause: unknown): void {
    counts.refillErrors++
    restUntilMs = performance.now() + restMs
    for (const waiter of waiters.splice(0)) waiter.reject(options.unavailable(cause))
  }

  /** Never rejects: an error goes to the waiters, if there are any. */
  async function refill(): Promise<void> {
    if (refilling) return
    refilling = true
    const wanted = waiters.reduce((sum, waiter) => sum + waiter.count, 0)
    const missing = isWhole ? wanted : wanted - size
    try {
      accept(await options.request(Math.min(Math.max(missing, step.current()), options.requestMax)))
    } catch (error) {
      fail(error)
    }
    refilling = false
    if (waiters.length > 0) void refill()
  }

  function prefetch(): void {
    if (refilling || size >= lastSize * options.refillBelow) return
    if (performance.now() >= restUntilMs) void refill()
  }

  function wait(count: number): Promise<Range[]> {
    counts.waits++
    const { promise, resolve, reject } = Promise.withResolvers<Range[]>()
    const waiter: Waiter = { count, resolve, reject }
    const deadline = setTimeout(() => {
      waiters.splice(waiters.indexOf(waiter), 1)
      reject(options.unavailable(new Error(`waited ${timeoutMs} ms`)))
    }, timeoutMs)
    waiters.push(waiter)
    void refill()
    return promise.finally(() => clearTimeout(deadline))
  }

  /** Ranges of `count` ids in all, rising. Throws `RangeError` on a count beyond 1..100,000. */
  function take(count: number): Range[] | Promise<Range[]> {
    if (!Number.isInteger(count) || count < 1 || count > rangeCountMax) {
      throw new RangeError(`count must be 1 to ${rangeCountMax}, got ${count}`)
    }
    const taken = waiters.length > 0 ? undefined : takeBuffered(count)
    if (!taken) return wait(count)
    prefetch()
    return taken
  }

  /** One id, if one is buffered. */
  function nextBuffered(): number | undefined {
    const range = ranges[0]
    if (!range || waiters.length > 0) return undefined
    const id = range.first++
    if (id === range.last) ranges.shift()
    size--
    prefetch()
    return id
  }

  const next = (): number | Promise<number> =>
    nextBuffered() ?? wait(1).then(([range]) => range?.first ?? Number.NaN)

  return {
    next,
    nextBuffered,
    take,
    buffered: () => (waiters.length > 0 ? 0 : size),
    /** What the next caller gets, where it is known. */
    peek: () => ranges[0]?.first,
  }
}
