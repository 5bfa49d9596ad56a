import type { Ctx } from '../../ctx.ts'
import { counter } from '../../metrics/table.ts'
import type { RouteName } from '../../route-names.ts'

/** What requests are for, the dearest first: payments have cost the shop most, browsing least. */
export const requestClasses = ['pay', 'order', 'browse'] as const
export type RequestClass = (typeof requestClasses)[number]

/** What each route is for; null = never refused: operators and monitoring must get in. */
export const classOfRoute: Record<RouteName, RequestClass | null> = {
  healthz: null,
  readyz: null,
  'designs.read': null,
  'designs.write': null,
  'designs.flag': null,
  'designs.rollback': null,
  'designs.history': null,
  'designs.shadow': null,
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
  'intakes.read': 'pay',
  'payments.create': 'pay',
  'payments.read': 'pay',
  // What is paid must leave the warehouse.
  'dispatches.take': 'pay',
  'dispatches.list': 'pay',
  'dispatches.claim': 'pay',
  'dispatches.done': 'pay',
  // Partners ask again until they have what they need: they come behind customers who pay.
  'coupons.issue': 'order',
  'coupons.read': 'browse',
}

const labels = { class: requestClasses }

/** Of options that refuse requests. */
export const admissionMetrics = {
  stampede_admission_admitted_total: counter('Requests let in, by class.', labels),
  stampede_admission_refused_total: counter(
    'Requests refused at once or after a wait, by class.',
    labels,
  ),
}

/** A request that arrives; nothing of its body has been read. */
export interface Arrival {
  requestClass: RequestClass
  /** The admission token that the client was given when its journey was let in. */
  pass: string | undefined
  /** Aborts when the client has gone; read only where a request waits. */
  gone(): AbortSignal
}

/** A request that is in. */
export interface Entry {
  /** Gives the place back, however the request ended; a second call does nothing. */
  leave(): void
  /** Admission token for the client's next requests. */
  pass?: string
}

export type ByClass<T> = Record<RequestClass, T>

/** Decisions by class, for the metrics. */
export interface AdmissionCounts {
  admitted: ByClass<number>
  refused: ByClass<number>
}

export const byClass = <T>(of: (name: RequestClass) => T): ByClass<T> => ({
  pay: of('pay'),
  order: of('order'),
  browse: of('browse'),
})

export const noAdmissions = (): AdmissionCounts => ({
  admitted: byClass(() => 0),
  refused: byClass(() => 0),
})

/** An order as it was asked for, before anything of it is done. */
export interface OrderAsked {
  key: string
  /** Of what makes two requests the same. */
  fingerprint: string
  userId: string
  /** The parsed body: JSON. */
  payload: unknown
}

/** An order that was taken in. */
export interface IntakeTaken {
  id: string
  /** The key has one already, and this is it. */
  isRepeat: boolean
}

/** Axis `admission`: who is let in while more come than can be served. */
export interface Admission {
  /**
   * Decides before the body is parsed, since a refusal must cost next to nothing.
   * @returns undefined: let in, and nothing to give back
   * @throws Problem `overloaded` or `rate-limited`, with the seconds until asking again may help
   */
  admit(arrival: Arrival): Promise<Entry | undefined> | Entry | undefined
  /**
   * Takes an order in, to be placed by a worker; absent = it is placed within its request. The same
   * key gets the same intake.
   * @throws Problem `overloaded`, `idempotency-key-reused`
   */
  takeIn?(ctx: Ctx, order: OrderAsked): Promise<IntakeTaken>
}
