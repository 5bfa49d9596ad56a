import type { Redis } from 'ioredis'
import type { BankClient } from './clients/bank-client.ts'
import type { PartnersClient } from './clients/partners-client.ts'
import type { TicketClient } from './clients/ticket-client.ts'
import type { Connections, Database, StatementFaults } from './db/connections.ts'
import type { Point } from './points.ts'

/** Where a fault may bite: the point in the flow, the route, and the connection if one is held. */
export interface Site extends Whom {
  point: Point
  route: string
  db: Database | undefined
  /** What is ordered there, where that is known: ids of options of products. */
  items?: string | readonly string[] | undefined
}

/** For whom a request is and which design serves it, where that is known. */
export interface Whom {
  design?: { readonly label: string } | undefined
  /** Customer, partner, or else the order: as flags with a share have it. */
  user?: string | undefined
}

/** A try of a side effect in the worker. */
export interface EffectTry {
  eventId: string
  handler: string
  /** Counts from 1. */
  attempt: number
}

/** Loops of the worker that a fault can stop. */
export type StoppableLoop = 'relay' | 'coupon pool'

/** The only way in which chaos reaches the shop. `noChaos` below is the no-op path. */
export interface Chaos extends StatementFaults {
  /** Called at every point; returns undefined at once when no fault wants it. */
  at(site: Site): Promise<void> | undefined
  /** Headers that make the pretend bank misbehave in this call. */
  bankHeaders(route: string, whom?: Whom): Record<string, string> | undefined
  /** Value of `x-client-policy` while a client policy is in force. */
  clientPolicy(route: string, whom?: Whom): string | undefined
  /** True while a fault is aimed at a share of users, so that requests have to say for whom. */
  asksUser(): boolean
  /** Whether this try of a side effect is to fail. */
  effectFails(effect: EffectTry): boolean
  /** Whether this try, which has succeeded, is to be made once more, as a queue may do. */
  effectRepeats(effect: EffectTry): boolean
  /** Whether a loop of the worker is to make no turn now. */
  stopsLoop(loop: StoppableLoop): boolean
  /** Called before a process handles a request for a path; what it resolves with is the answer. */
  atRequest(path: string): Promise<Response | undefined> | undefined
}

export const noChaos: Chaos = {
  at: () => undefined,
  bankHeaders: () => undefined,
  clientPolicy: () => undefined,
  asksUser: () => false,
  effectFails: () => false,
  effectRepeats: () => false,
  stopsLoop: () => false,
  atRequest: () => undefined,
  beforeCommit: () => undefined,
  refusesWrite: () => false,
}

/** What can come between a taker and an item, other than a row lock of the database. */
export type StockEvent =
  | 'lock-had'
  | 'lock-waited'
  | 'lock-given-up'
  | 'lock-stale'
  | 'lock-unavailable'
  | 'lock-server-away'
  | 'version-lost'
  | 'end-near'

/** Follows the progress of flows: timings and counts, never decisions. */
export interface Observer {
  passed(point: Point, sinceMs: number): void
  orderEnded(outcome: 'placed' | 'paid' | 'sold-out' | 'declined' | 'cancelled' | 'unknown'): void
  /** A try to give a paid order to a worker; `raced` = another worker was faster. */
  dispatched(outcome: DispatchOutcome): void
  /** @param waitedMs of `lock-had`: since the lock was asked for */
  contended(option: string, event: StockEvent, waitedMs: number): void
  /** @param count coupons issued; requests that were refused, asked again, or collided */
  coupons(event: CouponEvent, count: number): void
}

export const couponEvents = [
  'issued',
  'repeated',
  'pool-empty',
  'quota',
  'collision',
  'failed',
] as const

/** What became of requests for coupons; `collision` = a number was another request's. */
export type CouponEvent = (typeof couponEvents)[number]

export type DispatchOutcome = 'taken' | 'none' | 'raced' | 'lock-wait'

/** What one process has for all its requests. */
export interface Services {
  connections: Connections
  /**
   * A few connections more, for statements that commit by themselves while a transaction is open:
   * borrowed from the same pool they would wait for those who wait for them.
   */
  side: Connections
  /** Keys are the schema's own; a command fails after a second, at once while Redis is away. */
  redis: Redis
  /** Redis servers that know nothing of each other; empty = none were named. */
  lockServers: readonly Redis[]
  tickets: TicketClient
  bank: BankClient
  partners: PartnersClient
  chaos: Chaos
  observer: Observer
  /** Unpaid orders are cancelled after this many seconds. */
  orderTtlSeconds: number
  /** Of a request that runs again to be compared: it claims keys on these connections alone. */
  isShadow?: true
  /**
   * Of a request that runs again on the shop's own tables, where its order has the key already: the
   * key of this run, which claims none.
   */
  shadowKey?: string
}

/** What a request carries below the design; passed on, never looked up. */
export interface Ctx extends Services, Whom {
  /** Bounded name of the route or loop that runs, e.g. `orders.create`. */
  route: string
  /**
   * Marks a point: faults attach here, timings end here. Pass the connection that holds locks, and
   * the ids of what is ordered there.
   */
  at(point: Point, db?: Database, items?: Site['items']): Promise<void> | undefined
}

/** Context of one request or one turn of a loop. */
export function createCtx<Opened extends { readonly label: string }>(
  services: Services,
  route: string,
  design: Opened,
  user?: string,
): Ctx & { design: Opened } {
  const startedMs = performance.now()
  return {
    ...services,
    route,
    design,
    user,
    at(point, db, items) {
      services.observer.passed(point, performance.now() - startedMs)
      return services.chaos.at({ point, route, db, items, design, user })
    },
  }
}
