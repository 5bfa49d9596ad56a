import type { RequestClass } from '../admission.ts'

/** A request that waits to be let in. */
export interface Waiter {
  requestClass: RequestClass
  isLetIn: boolean
  sinceMs: number
  decide(isIn: boolean): void
}

/** Ranks: journeys already let in before those that begin, and within both by class. */
const rankOf = { pay: 0, order: 1, browse: 2 } as const
const ranks = 6
type Ranked = Pick<Waiter, 'requestClass' | 'isLetIn'>
const rank = ({ requestClass, isLetIn }: Ranked) => rankOf[requestClass] + (isLetIn ? 0 : 3)

/** Waiting costs memory and the waiters' patience; on top of this one is refused. */
export const waitersMax = 256
/** While overloaded few are enough to fill the places that fall free, and each costs time. */
const overloadedWaitersMin = 16
/** A journey under way has cost something: it waits longer before that is thrown away. */
const letInMsMax = 1000
/** How long a newcomer may wait: long enough for a bad moment of the machine to pass. */
const newcomerMsMax = 200
/** CoDel's interval, as Facebook's servers have it (wangle/Codel.cpp). */
const overloadedAfterMs = 100

/**
 * The queue in front of the gate, bounded in length and by waiting time. While it has not been
 * empty for 100 ms the newest of a rank goes first: the oldest would be served too late to care.
 */
export class WaitingRoom {
  readonly #queues: Waiter[][] = Array.from({ length: ranks }, () => [])
  #emptyAtMs = Number.NEGATIVE_INFINITY
  length = 0

  /**
   * Whether a request may wait: there is room, or one that waits would give way.
   * @param places that the gate has
   */
  admits(request: Ranked, places: number, nowMs: number): boolean {
    if (this.length < this.#lengthMax(places, nowMs)) return true
    const worst = this.#queues.findLastIndex(({ length }) => length > 0)
    return rank(request) < worst
  }

  /** @returns who must give way because there are too many */
  join(waiter: Waiter, places: number): Waiter | undefined {
    if (this.length === 0) this.#emptyAtMs = waiter.sinceMs
    this.#queues[rank(waiter)]?.push(waiter)
    this.length += 1
    const isTooLong = this.length > this.#lengthMax(places, waiter.sinceMs)
    return isTooLong ? this.#worst() : undefined
  }

  #lengthMax(places: number, nowMs: number): number {
    return this.isOverloaded(nowMs) ? Math.max(overloadedWaitersMin, places) : waitersMax
  }

  remove(waiter: Waiter): void {
    const queue = this.#queues[rank(waiter)]
    const at = queue?.indexOf(waiter) ?? -1
    if (at < 0) return
    queue?.splice(at, 1)
    this.length -= 1
  }

  /** The next one to be let in. */
  next(nowMs: number): Waiter | undefined {
    const queue = this.#queues.find(({ length }) => length > 0)
    const waiter = this.isOverloaded(nowMs) ? queue?.pop() : queue?.shift()
    if (waiter) this.length -= 1
    return waiter
  }

  /** Takes out all that have waited too long. */
  overdue(nowMs: number): Waiter[] {
    const all = this.#queues.flat().filter((waiter) => this.isLate(waiter, nowMs))
    for (const waiter of all) this.remove(waiter)
    return all
  }

  isLate({ isLetIn, sinceMs }: Waiter, nowMs: number): boolean {
    return nowMs - sinceMs > (isLetIn ? letInMsMax : newcomerMsMax)
  }

  /** There was a waiter during all of the last 100 ms. */
  isOverloaded(nowMs: number): boolean {
    return this.length > 0 && nowMs - this.#emptyAtMs > overloadedAfterMs
  }

  #worst(): Waiter | undefined {
    const worst = this.#queues.findLast(({ length }) => length > 0)?.shift()
    if (worst) this.length -= 1
    return worst
  }
}
