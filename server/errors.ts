import { bodyProblems } from './body.ts'
import { methodProblems } from './methods.ts'
import { definite, flawsIn, type Issue, indefinite, internal, problemsOf } from './problem.ts'

/** Every way in which a request to the shop can end badly. Codes are part of the API. */
export const problems = {
  ...definite(400, {
    'invalid-request': {
      title: 'The request is not valid',
      doc: 'The input breaks the schema of the route; `errors` lists every flaw found.',
    },
    'idempotency-key-missing': {
      title: 'An Idempotency-Key header is required',
      doc: 'The route must recognize a repeat: send a key of 1 to 80 characters.',
    },
    'unknown-design': {
      title: 'The design is not known',
      doc: 'The `x-design` header or the body names an axis, option or preset that does not exist.',
    },
    'design-refused': {
      title: 'These options cannot be combined',
      doc: 'Each option exists, but one needs another option, or the process cannot switch to it.',
    },
    'invalid-fault': {
      title: 'The fault settings are not valid',
      doc: 'The settings break the schema of the fault, `errors` has every flaw; nothing changed.',
    },
  }),
  ...definite(401, {
    unauthorized: {
      title: 'A valid bearer token is required',
      doc: 'The route needs the token of this process in the `authorization` header.',
    },
  }),
  ...definite(402, {
    'card-declined': {
      title: 'The card was declined',
      doc: 'The bank refused the charge for good; the order can be paid in another way.',
    },
    'insufficient-balance': {
      title: 'The balance does not cover the amount',
      doc: 'Charge the balance, or pay by card.',
    },
  }),
  ...definite(403, {
    'partner-refused': {
      title: 'The key is not the partner’s',
      doc: 'Coupons are issued to the partner whose key is in the `x-partner-key` header.',
    },
  }),
  ...definite(404, {
    'not-found': {
      title: 'Not found',
      doc: 'The route, or what the path or the body names, does not exist.',
    },
  }),
  ...methodProblems,
  ...definite(408, {
    'body-timeout': {
      title: 'The body did not come in time',
      doc: 'Send the whole body within 4 seconds.',
    },
  }),
  ...definite(409, {
    'sold-out': {
      title: 'An item is sold out',
      doc: 'Fewer units are left than the order asks for; nothing was taken.',
    },
    'cart-empty': {
      title: 'The cart is empty',
      doc: 'The order is to be made from a cart that has no items.',
    },
    'cart-changed': {
      title: 'The cart was ordered or changed in the meantime',
      doc: 'Lines that the order was to take are gone; read the cart, and order under a new key.',
    },
    'cart-full': {
      title: 'The cart is full',
      doc: 'The cart, or the pieces of one option in it, are at their limit.',
    },
    'intake-expired': {
      title: 'The order could not be placed in time',
      doc: 'It waited in the queue of intakes for five minutes and was dropped: order again.',
    },
    'balance-conflict': {
      title: 'The balance changed in the meantime',
      doc: 'A concurrent payment or charge changed the balance; ask again under a new key.',
    },
    'order-not-payable': {
      title: 'The order cannot be paid now',
      doc: 'The order is paid, cancelled, expired, or being paid by another request.',
    },
    'order-not-cancellable': {
      title: 'The order cannot be cancelled now',
      doc: 'The order is paid, or a payment of it is under way.',
    },
    'already-dispatched': {
      title: 'Another worker has taken the order',
      doc: 'Ask for the next order instead.',
    },
    'coupon-pool-empty': {
      title: 'The pool of coupon numbers is empty',
      doc: 'Nothing was issued; ask again after `retry-after`, when numbers have been made.',
    },
    'coupon-redeemed': {
      title: 'The coupon has been redeemed',
      doc: 'Another order has the coupon; order without it, or with another one.',
    },
    'not-dispatched': {
      title: 'This worker has not taken the order',
      doc: 'Only the worker who took an order may report it done.',
    },
    'epoch-conflict': {
      title: 'The design was changed in the meantime',
      doc: 'Another operator was faster: read the design, and send its `epoch` with the change.',
    },
  }),
  ...indefinite(409, {
    'request-in-progress': {
      title: 'The first request with this key is still running',
      doc: 'Ask again later with the same key to get its answer.',
    },
  }),
  ...bodyProblems,
  ...definite(422, {
    'bank-refused': {
      title: 'The bank refused the call as wrong, nothing was charged',
      doc: 'Asking again ends the same: read the order, and pay for it under a new key.',
    },
    'request-id-reused': {
      title: 'The request id was used with another payload',
      doc: 'A request id stands for one product and quantity: send a new one.',
    },
    'idempotency-key-reused': {
      title: 'The key was used with another payload',
      doc: 'A key stands for one request: send a new key with a new payload.',
    },
  }),
  ...definite(429, {
    'quota-used-up': {
      title: 'The quota of the partner is used up',
      doc: 'Fewer coupons are left to the partner than it asks for; nothing was issued.',
    },
    'rate-limited': {
      title: 'Too many requests of this kind',
      doc: 'The admission control lets only so many in; wait for the seconds in `retry-after`.',
    },
    'too-many-streams': {
      title: 'Too many readers follow the events',
      doc: 'The board has a place for 64 streams at once; close one, or read the history.',
    },
  }),
  ...definite(503, {
    'bank-unavailable': {
      title: 'The bank is not available, nothing was charged',
      doc: 'The bank takes no calls now, or was not called; ask again later.',
    },
    'ids-unavailable': {
      title: 'Order ids are unavailable',
      doc: 'The source of ids does not answer or is exhausted.',
    },
    'coupon-collision': {
      title: 'Another request was given the same coupon number',
      doc: 'The design gives up after a collision; nothing was issued, ask again.',
    },
    'dispatch-unavailable': {
      title: 'Dispatch is unavailable',
      doc: 'The queue of orders for the warehouse does not answer.',
    },
    'stock-unavailable': {
      title: 'Stock is unavailable',
      doc: 'The store that this design takes stock from does not answer, or is being rebuilt.',
    },
    'lock-contention': {
      title: 'Too many requests compete for the same rows',
      doc: 'A lock was not obtained in time, or every retry after a deadlock failed.',
    },
    overloaded: {
      title: 'The service is overloaded',
      doc: 'The admission control has no place left; wait for the seconds in `retry-after`.',
    },
    'pool-exhausted': {
      title: 'All database connections are busy',
      doc: 'No connection became free in time, or too many requests wait for one.',
    },
    'database-unavailable': {
      title: 'The database is not available',
      doc: 'It cannot be reached, or takes no writes, or its disk is full; nothing was written.',
    },
    draining: {
      title: 'The server is shutting down',
      doc: 'Only `/readyz` answers it: the process finishes its work and takes no new requests.',
    },
  }),
  ...indefinite(503, {
    'board-unavailable': {
      title: 'The board of faults does not answer',
      doc: 'Processes that cannot reach it drop their faults within 1.5 s; ask again later.',
    },
    'bank-unknown': {
      title: 'The bank did not answer, the outcome is not known yet',
      doc: 'The charge may have been made; the server finds out and finishes or undoes the order.',
    },
    'partner-failed': {
      title: 'A partner system failed',
      doc: 'A partner that this design calls within the request failed; the order may stand.',
    },
    'commit-unknown': {
      title: 'The connection was lost during a write',
      doc: 'A write or its commit had no answer: it may or may not have happened.',
    },
    'in-recovery': {
      title: 'The request was interrupted and is being recovered',
      doc: 'An earlier request with this key stopped half-way; the server finishes or undoes it.',
    },
    'deadline-exceeded': {
      title: 'The request took too long',
      doc: 'The work may still be finished after this answer.',
    },
  }),
  internal,
}

export type ProblemCode = keyof typeof problems

/** An expected failure of the shop. */
export class Problem extends problemsOf(problems) {}

/** What `work` gives; where it fails, for whatever reason, the problem of that code. */
export async function orProblem<T>(code: ProblemCode, work: Promise<T>): Promise<T> {
  return await work.catch((cause: unknown) => {
    throw new Problem(code, { cause })
  })
}

/** What was written before stands: no failure of the server in `work` is definite. */
export async function afterWriting<T>(work: Promise<T>): Promise<T> {
  return await work.catch((cause: unknown) => {
    const isDefinite = cause instanceof Problem && cause.definite && cause.status >= 500
    throw isDefinite ? new Problem(cause.code, { definite: false, cause }) : cause
  })
}

/** The refusal of an input, with everything that its schema complains of. */
export const invalidInput = (
  code: 'invalid-request' | 'invalid-fault',
  issues: readonly Issue[],
): Problem => new Problem(code, flawsIn(issues))
