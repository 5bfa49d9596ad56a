import type { RouteName } from '../../route-names.ts'
import type { Doors } from './doors.ts'

/** What requests are for, the dearest first: who pays has cost the shop most, who looks least. */
export const requestClasses = ['pay', 'order', 'browse'] as const
export type RequestClass = (typeof requestClasses)[number]

/** What each route is for; null = never refused: who watches or repairs the shop must get in. */
export const classOfRoute: Record<RouteName, RequestClass | null> = {
  healthz: null,
  readyz: null,
  'designs.read': null,
  'designs.write': null,
  'users.read': 'browse',
  'users.charge': 'pay',
  'products.list': 'browse',
  'products.read': 'browse',
  'products.popular': 'browse',
  'carts.list': 'order',
  'carts.add': 'order',
  'carts.remove': 'order',
  'orders.create': 'order',
  'orders.read': 'pay',
  'orders.cancel': 'pay',
  'payments.create': 'pay',
  'payments.read': 'pay',
  // What is paid must leave the warehouse.
  'dispatches.take': 'pay',
  'dispatches.list': 'pay',
  'dispatches.claim': 'pay',
  'dispatches.done': 'pay',
}

/** A request at the door; nothing of its body has been read. */
export interface Arrival {
  requestClass: RequestClass
  /** The pass that the client was given when its journey was let in. */
  pass: string | undefined
  /** Aborts when the client has gone; asked for only where a request waits. */
  gone(): AbortSignal
}

/** A request that is in. */
export interface Entry {
  /** Gives the place back, however the request ended; a second call does nothing. */
  leave(): void
  /** For the client to show with its next requests. */
  pass?: string
}

/** Axis `admission`: who is let in while more come than can be served. */
export interface Admission {
  /**
   * Decides before the body is parsed, since a refusal must cost next to nothing.
   * @returns undefined: let in, and nothing to give back
   * @throws Problem `overloaded` or `rate-limited`, with the seconds until asking again may help
   */
  admit(doors: Doors, arrival: Arrival): Promise<Entry | undefined> | Entry | undefined
}
