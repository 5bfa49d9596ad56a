import { Problem } from '../../../errors.ts'
import type { AdmissionCounts, Entry, RequestClass } from '../admission.ts'
import type { Clock } from './clock.ts'
import { type LimitBounds, nextLimit } from './limit.ts'
import { type Waiter, WaitingRoom } from './waiting-room.ts'

/** Of the connections that all share: milliseconds of all borrowers together, since the start. */
export interface PoolTimes {
  /** Waiting for a connection. */
  readonly waitMs: number
  /** Having one. */
  readonly heldMs: number
}

export interface GateOptions {
  clock: Clock
  limit: LimitBounds
  pool: PoolTimes
  counts: AdmissionCounts
  /** Called at every decision: the class, and how long it took. */
  onDecision?: (requestClass: RequestClass, waitedMs: number) => void
}

/** The limit is looked at again after this long (CoDel's interval). */
const windowMs = 100
/** How often those who wait are looked at: a tenth of the shortest patience. */
const sweepMs = 10
/** The longest time that a client is asked to stay away: people wait no longer for a page. */
const retryAfterSecondsMax = 4

/**
 * Lets in as many at once as a limit says, which follows how long admitted requests queue for a
 * connection. Every place taken is given back once, by `leave`.
 */
export class Gate {
  readonly #options: GateOptions
  readonly #room = new WaitingRoom()
  #limit: number
  #inside = 0
  #isSweeping = false
  #window: { peak: number; left: number; entered: number; refused: number } | undefined
  #refusedPerEntered = 0
  #refusals = 0

  constructor(options: GateOptions) {
    this.#options = options
    this.#limit = options.limit.initial
  }

  /** What may be in at once, what is, and what waits. */
  get state() {
    return { limit: Math.floor(this.#limit), inside: this.#inside, waiting: this.#room.length }
  }

  /**
   * In at once where there is room, else after a short wait.
   * @param isLetIn a journey that was let in before goes before all that begin
   * @param gone of the client, asked for only where it must wait
   * @throws Problem `overloaded`, from the promise as well
   */
  enter(
    requestClass: RequestClass,
    isLetIn: boolean,
    gone: () => AbortSignal,
  ): Entry | Promise<Entry> {
    this.#openWindow()
    // A waiter is let in as soon as there is room: where there is room, none waits.
    if (this.#inside < this.state.limit) return this.#admit(requestClass, 0)
    const request = { requestClass, isLetIn }
    const { limit } = this.state
    if (!this.#room.admits(request, limit, this.#options.clock.nowMs())) {
      throw this.#refuse(requestClass, 0)
    }
    return this.#wait(requestClass, isLetIn, gone())
  }

  #admit(requestClass: RequestClass, waitedMs: number): Entry {
    this.#inside += 1
    this.#options.counts.admitted[requestClass] += 1
    this.#options.onDecision?.(requestClass, waitedMs)
    if (this.#window) {
      this.#window.entered += 1
      this.#window.peak = Math.max(this.#window.peak, this.#inside)
    }
    let isInside = true
    return {
      leave: () => {
        if (!isInside) return
        isInside = false
        this.#inside -= 1
        if (this.#window) this.#window.left += 1
        this.#letIn()
      },
    }
  }

  #refuse(requestClass: RequestClass, waitedMs: number): Problem {
    this.#options.counts.refused[requestClass] += 1
    this.#options.onDecision?.(requestClass, waitedMs)
    if (this.#window) this.#window.refused += 1
    return new Problem('overloaded', { retryAfterSeconds: this.#retryAfterSeconds() })
  }

  #wait(requestClass: RequestClass, isLetIn: boolean, gone: AbortSignal): Promise<Entry> {
    const { clock } = this.#options
    const { promise, resolve, reject } = Promise.withResolvers<Entry>()
    const leave = () => {
      this.#room.remove(waiter)
      waiter.decide(false)
    }
    const waiter: Waiter = {
      requestClass,
      isLetIn,
      sinceMs: clock.nowMs(),
      decide: (isIn) => {
        gone.removeEventListener('abort', leave)
        const waitedMs = clock.nowMs() - waiter.sinceMs
        if (isIn) resolve(this.#admit(requestClass, waitedMs))
        else reject(this.#refuse(requestClass, waitedMs))
      },
    }
    if (gone.aborted) waiter.decide(false)
    else {
      gone.addEventListener('abort', leave, { once: true })
      this.#room.join(waiter, this.state.limit)?.decide(false)
      this.#startSweeping()
    }
    return promise
  }

  #letIn(): void {
    const nowMs = this.#options.clock.nowMs()
    while (this.#inside < this.state.limit) {
      const waiter = this.#room.next(nowMs)
      if (!waiter) return
      waiter.decide(!this.#room.isLate(waiter, nowMs))
    }
  }

  #startSweeping(): void {
    if (this.#isSweeping || this.#room.length === 0) return
    this.#isSweeping = true
    const { clock } = this.#options
    clock.after(sweepMs, () => {
      this.#isSweeping = false
      for (const waiter of this.#room.overdue(clock.nowMs())) waiter.decide(false)
      this.#startSweeping()
    })
  }

  /** Windows follow each other while requests come or are in; an idle process has no timer. */
  #openWindow(): void {
    if (this.#window) return
    const { clock, limit, pool } = this.#options
    const { waitMs, heldMs } = pool
    this.#window = { peak: this.#inside, left: 0, entered: 0, refused: 0 }
    clock.after(windowMs, () => {
      const { peak, left, entered, refused } = this.#window ?? fail()
      this.#window = undefined
      const each = (totalMs: number) => totalMs / Math.max(1, left)
      const waited = { waitedMs: each(pool.waitMs - waitMs), heldMs: each(pool.heldMs - heldMs) }
      this.#limit = nextLimit(this.#limit, { ...waited, peak }, limit)
      const ratio = refused / Math.max(1, entered)
      this.#refusedPerEntered += (ratio - this.#refusedPerEntered) * 0.2
      if (this.#inside + this.#room.length + entered + refused > 0) this.#openWindow()
      this.#letIn()
    })
  }

  /**
   * As many seconds as the gate would need for those that it refuses in one, given in turn from 1
   * up, so that they do not come back together.
   */
  #retryAfterSeconds(): number {
    const spread = Math.min(retryAfterSecondsMax, Math.max(1, Math.ceil(this.#refusedPerEntered)))
    this.#refusals += 1
    return 1 + (this.#refusals % spread)
  }
}

function fail(): never {
  throw new Error('a window closed twice')
}
