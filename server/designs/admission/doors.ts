import { RateLimiterMemory } from 'rate-limiter-flexible'
import type { RequestClass } from './admission.ts'
import { type Clock, realClock } from './clock.ts'
import { Gate, type PoolTimes } from './gate.ts'
import type { LimitBounds } from './limit.ts'
import { createPasses, type Passes } from './passes.ts'

export type ByClass<T> = Record<RequestClass, T>

export interface Counts {
  admitted: ByClass<number>
  refused: ByClass<number>
}

/**
 * What a process knows of who is in: one for all its requests, whatever their designs, since they
 * share one pool.
 */
export interface Doors {
  gate: Gate
  passes: Passes
  rates: ByClass<RateLimiterMemory>
  counts: Counts
}

export interface DoorsOptions {
  /** Connections that the requests share. */
  poolConnections: number
  pool: PoolTimes
  clock?: Clock
  limit?: LimitBounds
  /** Requests a second. */
  rates?: ByClass<number>
}

/** A guess, as fixed rates are: about what two cores take of this shop with a bank of 150 ms. */
const ratesDefault: ByClass<number> = { pay: 300, order: 450, browse: 300 }

/**
 * Never fewer than there are connections: nobody would wait for one. At most several times as many,
 * at the bank or on their way.
 */
const limitOf = (connections: number): LimitBounds => ({
  initial: connections * 4,
  min: connections,
  max: connections * 32,
})

const byClass = <T>(of: (name: RequestClass) => T): ByClass<T> => ({
  pay: of('pay'),
  order: of('order'),
  browse: of('browse'),
})

export function createDoors(options: DoorsOptions): Doors {
  const { poolConnections, pool, clock = realClock, rates = ratesDefault } = options
  const counts = { admitted: byClass(() => 0), refused: byClass(() => 0) }
  const limit = options.limit ?? limitOf(poolConnections)
  return {
    gate: new Gate({ clock, limit, pool, counts }),
    passes: createPasses(clock),
    rates: byClass((name) => new RateLimiterMemory({ points: rates[name], duration: 1 })),
    counts,
  }
}

/** Of a shop whose pool nobody waits for. */
export const idlePool: PoolTimes = { waitMs: 0, heldMs: 0 }
