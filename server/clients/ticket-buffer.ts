import { assertCount, type Range, sizeOf } from '../tickets/ranges.ts'
import type { Step } from '../tickets/step.ts'

/** After a failed refill the background one rests so long; no caller without ids waits for it. */
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
export class TicketBuffer {
  readonly #options: BufferOptions
  readonly #ranges: Range[] = []
  readonly #waiters: Waiter[] = []
  /** Ids in all ranges. */
  #size = 0
  #highest = 0
  /** No id below it is given. */
  #least = 0
  #lastSize = 0
  #isRefilling = false
  #restUntilMs = 0

  constructor(options: BufferOptions) {
    this.#options = options
  }

  /** One id, if one is buffered. */
  nextBuffered(): number | undefined {
    const range = this.#ranges[0]
    if (!range || this.#waiters.length > 0) return undefined
    const id = range.first++
    if (id === range.last) this.#ranges.shift()
    this.#size--
    this.#prefetch()
    return id
  }

  next(): number | Promise<number> {
    return this.nextBuffered() ?? this.#wait(1).then(([range]) => range?.first ?? Number.NaN)
  }

  /** Ranges of `count` ids in all, rising. Throws `RangeError` on a count beyond 1..100,000. */
  take(count: number): Range[] | Promise<Range[]> {
    assertCount(count)
    const taken = this.#waiters.length > 0 ? undefined : this.#takeBuffered(count)
    if (!taken) return this.#wait(count)
    this.#prefetch()
    return taken
  }

  buffered(): number {
    return this.#waiters.length > 0 ? 0 : this.#size
  }

  /** Drops every id below `first`, also of the refill that is under way. */
  skipTo(first: number): void {
    if (first <= this.#least) return
    this.#least = first
    this.#trim()
  }

  #trim(): void {
    for (const range of this.#ranges) range.first = Math.max(range.first, this.#least)
    const kept = this.#ranges.filter((range) => range.first <= range.last)
    this.#ranges.splice(0, this.#ranges.length, ...kept)
    this.#size = kept.reduce((sum, range) => sum + sizeOf(range), 0)
  }

  /** What the next caller gets, where it is known. */
  peek(): number | undefined {
    return this.#ranges[0]?.first
  }

  #takeBuffered(count: number): Range[] | undefined {
    const { isWhole = false } = this.#options
    if (isWhole) this.#passOver(count)
    const [first] = this.#ranges
    const available = isWhole && first ? sizeOf(first) : this.#size
    if (available < count) return undefined
    const taken: Range[] = []
    let missing = count
    for (let range = first; range && missing > 0; range = this.#ranges[0]) {
      const last = Math.min(range.first + missing - 1, range.last)
      const piece = { first: range.first, last }
      taken.push(piece)
      missing -= sizeOf(piece)
      range.first = last + 1
      if (range.first > range.last) this.#ranges.shift()
    }
    this.#size -= count
    return taken
  }

  /** Drops ranges too small for `count` when one behind them is large enough. */
  #passOver(count: number): void {
    const fitting = this.#ranges.findIndex((range) => sizeOf(range) >= count)
    for (const skipped of this.#ranges.splice(0, Math.max(fitting, 0))) {
      this.#size -= sizeOf(skipped)
    }
  }

  #wait(count: number): Promise<Range[]> {
    const { counts, timeoutMs, unavailable } = this.#options
    counts.waits++
    const { promise, resolve, reject } = Promise.withResolvers<Range[]>()
    const waiter: Waiter = { count, resolve, reject }
    const deadline = setTimeout(() => {
      this.#waiters.splice(this.#waiters.indexOf(waiter), 1)
      reject(unavailable(new Error(`waited ${timeoutMs} ms`)))
    }, timeoutMs)
    this.#waiters.push(waiter)
    void this.#refill()
    return promise.finally(() => clearTimeout(deadline))
  }

  #prefetch(): void {
    if (this.#isRefilling || this.#size >= this.#lastSize * this.#options.refillBelow) return
    if (performance.now() >= this.#restUntilMs) void this.#refill()
  }

  /** Never rejects: an error goes to the waiters, if there are any. */
  async #refill(): Promise<void> {
    if (this.#isRefilling) return
    this.#isRefilling = true
    const { request, requestMax, step, isWhole = false } = this.#options
    const wanted = this.#waiters.reduce((sum, waiter) => sum + waiter.count, 0)
    const missing = isWhole ? wanted : wanted - this.#size
    try {
      this.#accept(await request(Math.min(Math.max(missing, step.current()), requestMax)))
    } catch (error) {
      this.#fail(error)
    }
    this.#isRefilling = false
    if (this.#waiters.length > 0) void this.#refill()
  }

  #accept(range: Range): void {
    if (range.first <= this.#highest) {
      throw new Error(`the server went back: ${range.first} <= ${this.#highest}`)
    }
    this.#highest = range.last
    this.#lastSize = sizeOf(range)
    this.#size += this.#lastSize
    const end = this.#ranges.at(-1)
    if (end?.last === range.first - 1) end.last = range.last
    else this.#ranges.push({ ...range })
    if (range.first < this.#least) this.#trim()
    this.#options.counts.refills++
    this.#options.step.leased()
    this.#serve()
  }

  #serve(): void {
    for (let waiter = this.#waiters[0]; waiter; waiter = this.#waiters[0]) {
      const taken = this.#takeBuffered(waiter.count)
      if (!taken) return
      this.#waiters.shift()
      waiter.resolve(taken)
    }
  }

  #fail(cause: unknown): void {
    const { counts, unavailable } = this.#options
    counts.refillErrors++
    this.#restUntilMs = performance.now() + restMs
    for (const waiter of this.#waiters.splice(0)) waiter.reject(unavailable(cause))
  }
}
