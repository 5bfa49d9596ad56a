import { classOfRoute } from './designs/admission/admission.ts'
import { type ProblemCode, problems } from './errors.ts'
import { type RouteName, routeNames } from './route-names.ts'

/** How requests of a route may end. */
export interface RouteAnswers {
  /** Statuses of what went well. */
  successes: readonly number[]
  problems: readonly ProblemCode[]
}

const oneSuccess = [200] as const
const unexpected: ProblemCode[] = ['internal']
/** Of a route that takes `x-design`. */
const designed: ProblemCode[] = [
  ...(['unknown-design', 'design-refused', 'unauthorized', 'internal'] as const),
  // Until the process has read its flags.
  'database-unavailable',
]
const input: ProblemCode[] = ['invalid-request']
const body: ProblemCode[] = [
  ...input,
  ...(['body-timeout', 'payload-too-large'] as const),
  ...(['unsupported-media-type', 'unsupported-content-coding'] as const),
]
const keyed: ProblemCode[] = [
  ...(['idempotency-key-missing', 'idempotency-key-reused', 'request-in-progress'] as const),
]
const reading: ProblemCode[] = [
  ...(['pool-exhausted', 'database-unavailable', 'lock-contention', 'deadline-exceeded'] as const),
]
const writing: ProblemCode[] = [...reading, 'commit-unknown']
/** Of what runs as a flow's steps. */
const flow: ProblemCode[] = [...writing, 'ids-unavailable', 'stock-unavailable', 'in-recovery']
const paying: ProblemCode[] = [
  ...(['card-declined', 'insufficient-balance', 'balance-conflict'] as const),
  ...(['bank-refused', 'bank-unavailable', 'bank-unknown', 'partner-failed'] as const),
]
const picking: ProblemCode[] = [...input, ...body, ...writing]

/** Besides those of its design, and of admission where it has any. */
const own: Record<RouteName, RouteAnswers> = {
  healthz: { successes: oneSuccess, problems: [] },
  readyz: {
    successes: oneSuccess,
    problems: ['draining', 'database-unavailable', 'deadline-exceeded'],
  },
  'designs.read': { successes: oneSuccess, problems: [] },
  'designs.write': { successes: oneSuccess, problems: [...body, ...writing, 'epoch-conflict'] },
  'designs.flag': { successes: oneSuccess, problems: [...body, ...writing, 'epoch-conflict'] },
  'designs.rollback': { successes: oneSuccess, problems: [...body, ...writing, 'epoch-conflict'] },
  'designs.history': { successes: oneSuccess, problems: [...input, ...reading] },
  'designs.shadow': { successes: oneSuccess, problems: [] },
  'users.read': { successes: oneSuccess, problems: [...input, ...reading, 'not-found'] },
  'users.charge': {
    successes: oneSuccess,
    problems: [...body, ...keyed, ...writing, 'not-found', 'balance-conflict'],
  },
  'products.list': { successes: oneSuccess, problems: [...input, ...reading] },
  'products.read': { successes: oneSuccess, problems: [...input, ...reading, 'not-found'] },
  'products.popular': { successes: oneSuccess, problems: [...input, ...reading] },
  'carts.list': { successes: oneSuccess, problems: [...input, ...reading] },
  'carts.add': {
    successes: [201],
    problems: [...body, ...writing, 'not-found', 'cart-full', 'ids-unavailable'],
  },
  'carts.remove': { successes: [204], problems: [...input, ...writing, 'not-found'] },
  'orders.create': {
    successes: [201, 202],
    problems: [
      ...body,
      ...keyed,
      ...flow,
      ...paying,
      ...(['not-found', 'sold-out', 'cart-empty', 'cart-changed', 'coupon-redeemed'] as const),
      // Of a queue in which it waited before.
      'intake-expired',
    ],
  },
  'intakes.read': { successes: oneSuccess, problems: [...input, ...reading, 'not-found'] },
  'orders.read': { successes: oneSuccess, problems: [...input, ...reading, 'not-found'] },
  'orders.cancel': {
    successes: oneSuccess,
    problems: [...input, ...flow, 'not-found', 'order-not-cancellable'],
  },
  'payments.create': {
    successes: [201, 202],
    problems: [...body, ...keyed, ...flow, ...paying, 'not-found', 'order-not-payable'],
  },
  'payments.read': { successes: oneSuccess, problems: [...input, ...reading, 'not-found'] },
  'dispatches.list': { successes: oneSuccess, problems: [...input, ...reading] },
  'dispatches.take': {
    successes: [200, 204],
    problems: [...picking, 'not-found', 'dispatch-unavailable'],
  },
  'dispatches.claim': {
    successes: oneSuccess,
    problems: [...picking, 'not-found', 'already-dispatched'],
  },
  'dispatches.done': {
    successes: oneSuccess,
    problems: [...picking, 'not-found', 'not-dispatched'],
  },
  'coupons.issue': {
    successes: [201],
    problems: [
      ...body,
      ...writing,
      ...(['not-found', 'partner-refused', 'quota-used-up', 'request-id-reused'] as const),
      ...(['coupon-pool-empty', 'coupon-collision'] as const),
    ],
  },
  'coupons.read': { successes: oneSuccess, problems: [...input, ...reading, 'not-found'] },
}

/** Of requests that no named route has: unknown paths and methods, and the routes of chaos. */
export const otherAnswers: RouteAnswers = {
  successes: [204],
  problems: [
    ...body,
    ...(['not-found', 'method-not-allowed', 'unauthorized', 'invalid-fault', 'internal'] as const),
    ...(['board-unavailable', 'too-many-streams'] as const),
  ],
}

const admission: ProblemCode[] = ['rate-limited', 'overloaded']

function answersOfRoute(name: RouteName): RouteAnswers {
  const { successes, problems } = own[name]
  const ofAll = name === 'healthz' ? unexpected : designed
  const ofAdmission = classOfRoute[name] === null ? [] : admission
  return { successes, problems: [...new Set([...ofAll, ...ofAdmission, ...problems])] }
}

/** How requests of each route may end: what it declares, and counts from 0 on. */
export const answersOf = Object.fromEntries(
  routeNames.map((name) => [name, answersOfRoute(name)]),
) as Record<RouteName, RouteAnswers>

/** The statuses of a route, ascending. */
export const statusesOf = ({ successes, problems: codes }: RouteAnswers): number[] =>
  [...new Set([...successes, ...codes.map((code) => problems[code].status)])].sort(
    (one, other) => one - other,
  )
