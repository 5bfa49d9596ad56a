import { flawsIn, type Issue, internal, type ProblemKind, problemsOf } from './problem.ts'

/** Every way in which a request to the shop can end badly. Codes are part of the API. */
export const problems = {
  'invalid-request': {
    status: 400,
    definite: true,
    title: 'The request is not valid',
    doc: 'The input breaks the schema of the route; `errors` lists every flaw found.',
  },
  'idempotency-key-missing': {
    status: 400,
    definite: true,
    title: 'An Idempotency-Key header is required',
    doc: 'The route must recognize a repeat: send a key of 1 to 80 characters.',
  },
  'unknown-design': {
    status: 400,
    definite: true,
    title: 'The design is not known',
    doc: 'The `x-design` header or the body names an axis, option or preset that does not exist.',
  },
  'design-refused': {
    status: 400,
    definite: true,
    title: 'These options cannot be combined',
    doc: 'Each option exists, but one needs another option, or the process cannot switch to it.',
  },
  'invalid-fault': {
    status: 400,
    definite: true,
    title: 'The fault settings are not valid',
    doc: 'The settings break the schema of the fault, `errors` has every flaw; nothing changed.',
  },
  unauthorized: {
    status: 401,
    definite: true,
    title: 'A valid bearer token is required',
    doc: 'The route needs the token of this process in the `authorization` header.',
  },
  'card-declined': {
    status: 402,
    definite: true,
    title: 'The card was declined',
    doc: 'The bank refused the charge for good; the order can be paid in another way.',
  },
  'insufficient-balance': {
    status: 402,
    definite: true,
    title: 'The balance does not cover the amount',
    doc: 'Charge the balance, or pay by card.',
  },
  'not-found': {
    status: 404,
    definite: true,
    title: 'Not found',
    doc: 'The route, or what the path or the body names, does not exist.',
  },
  'method-not-allowed': {
    status: 405,
    definite: true,
    title: 'The route does not accept this method',
    doc: 'The `allow` header lists the methods that it accepts.',
  },
  'sold-out': {
    status: 409,
    definite: true,
    title: 'An item is sold out',
    doc: 'Fewer units are left than the order asks for; nothing was taken.',
  },
  'cart-empty': {
    status: 409,
    definite: true,
    title: 'The cart is empty',
    doc: 'The order is to be made from a cart that has no items.',
  },
  'cart-full': {
    status: 409,
    definite: true,
    title: 'The cart is full',
    doc: 'The cart, or the pieces of one option in it, are at their limit.',
  },
  'balance-conflict': {
    status: 409,
    definite: true,
    title: 'The balance changed in the meantime',
    doc: 'A concurrent payment or charge changed the balance; ask again.',
  },
  'order-not-payable': {
    status: 409,
    definite: true,
    title: 'The order cannot be paid now',
    doc: 'The order is paid, cancelled, expired, or being paid by another request.',
  },
  'order-not-cancellable': {
    status: 409,
    definite: true,
    title: 'The order cannot be cancelled now',
    doc: 'The order is paid, or a payment of it is under way.',
  },
  'already-dispatched': {
    status: 409,
    definite: true,
    title: 'Another worker has taken the order',
    doc: 'Ask for the next order instead.',
  },
  'not-dispatched': {
    status: 409,
    definite: true,
    title: 'This worker has not taken the order',
    doc: 'Only the worker who took an order may report it done.',
  },
  'request-in-progress': {
    status: 409,
    definite: false,
    title: 'The first request with this key is still running',
    doc: 'Ask again later with the same key to get its answer.',
  },
  'payload-too-large': {
    status: 413,
    definite: true,
    title: 'The body is too large',
    doc: 'A body may have 64 KiB.',
  },
  'unsupported-media-type': {
    status: 415,
    definite: true,
    title: 'The body must be application/json',
    doc: 'Send `content-type: application/json`.',
  },
  'idempotency-key-reused': {
    status: 422,
    definite: true,
    title: 'The key was used with another payload',
    doc: 'A key stands for one request: send a new key with a new payload.',
  },
  'rate-limited': {
    status: 429,
    definite: true,
    title: 'Too many requests of this kind',
    doc: 'The admission control lets only so many in; wait for the seconds in `retry-after`.',
  },
  'bank-unavailable': {
    status: 503,
    definite: true,
    title: 'The bank is not available, nothing was charged',
    doc: 'The bank refused the call or was not called; ask again later.',
  },
  'bank-unknown': {
    status: 503,
    definite: false,
    title: 'The bank did not answer, the outcome is not known yet',
    doc: 'The charge may have been made; the server finds out and finishes or undoes the order.',
  },
  'partner-failed': {
    status: 503,
    definite: false,
    title: 'A partner system failed',
    doc: 'A partner that this design calls within the request failed; the order may stand.',
  },
  'ids-unavailable': {
    status: 503,
    definite: true,
    title: 'Order ids are unavailable',
    doc: 'The source of ids does not answer or is exhausted.',
  },
  'dispatch-unavailable': {
    status: 503,
    definite: true,
    title: 'Dispatch is unavailable',
    doc: 'The queue of orders for the warehouse does not answer.',
  },
  'stock-unavailable': {
    status: 503,
    definite: true,
    title: 'Stock is unavailable',
    doc: 'The store that this design takes stock from does not answer, or is being rebuilt.',
  },
  'lock-contention': {
    status: 503,
    definite: true,
    title: 'Too many requests compete for the same rows',
    doc: 'A lock was not obtained in time, or every retry after a deadlock failed.',
  },
  overloaded: {
    status: 503,
    definite: true,
    title: 'The service is overloaded',
    doc: 'The admission control has no place left; wait for the seconds in `retry-after`.',
  },
  'pool-exhausted': {
    status: 503,
    definite: true,
    title: 'All database connections are busy',
    doc: 'No connection became free in time, or too many requests wait for one.',
  },
  'database-unavailable': {
    status: 503,
    definite: true,
    title: 'The database is not available',
    doc: 'The connection failed before anything was committed.',
  },
  'commit-unknown': {
    status: 503,
    definite: false,
    title: 'The connection was lost during the commit',
    doc: 'The transaction may or may not have been committed.',
  },
  'in-recovery': {
    status: 503,
    definite: false,
    title: 'The request was interrupted and is being recovered',
    doc: 'An earlier request with this key stopped half-way; the server finishes or undoes it.',
  },
  'deadline-exceeded': {
    status: 503,
    definite: false,
    title: 'The request took too long',
    doc: 'The work may still be finished after this answer.',
  },
  draining: {
    status: 503,
    definite: true,
    title: 'The server is shutting down',
    doc: 'Only `/readyz` answers it: the process finishes its work and takes no new requests.',
  },
  internal,
} as const satisfies Record<string, ProblemKind>

export type ProblemCode = keyof typeof problems

/** An expected failure of the shop. */
export class Problem extends problemsOf(problems) {}

/** The refusal of an input, with everything that its schema complains of. */
export const invalidInput = (
  code: 'invalid-request' | 'invalid-fault',
  issues: readonly Issue[],
): Problem => new Problem(code, flawsIn(issues))
