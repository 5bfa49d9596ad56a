/**
 * Every way in which a request can end badly. `definite` tells the client whether it surely did
 * not happen (true) or may have (false: ask again with the same key). Internal text never leaves.
 */
export const problems = {
  'invalid-request': [400, true, 'The request is not valid'],
  'idempotency-key-missing': [400, true, 'An Idempotency-Key header is required'],
  'unknown-design': [400, true, 'The design is not known'],
  'design-refused': [400, true, 'These options do not go together'],
  'invalid-fault': [400, true, 'The fault settings are not valid'],
  unauthorized: [401, true, 'A valid bearer token is required'],
  'card-declined': [402, true, 'The card was declined'],
  'insufficient-balance': [402, true, 'The balance does not cover the amount'],
  'not-found': [404, true, 'There is no such thing'],
  'method-not-allowed': [405, true, 'The route does not take this method'],
  'sold-out': [409, true, 'An item is sold out'],
  'cart-empty': [409, true, 'The cart is empty'],
  'cart-full': [409, true, 'The cart holds no more'],
  'balance-conflict': [409, true, 'The balance was changed by somebody else meanwhile'],
  'order-not-payable': [409, true, 'The order cannot be paid now'],
  'order-not-cancellable': [409, true, 'The order cannot be cancelled now'],
  'already-dispatched': [409, true, 'Another worker has the order'],
  'not-dispatched': [409, true, 'The order is not with this worker'],
  'request-in-progress': [409, false, 'The first request with this key is still running'],
  'payload-too-large': [413, true, 'The body is too large'],
  'unsupported-media-type': [415, true, 'The body must be application/json'],
  'idempotency-key-reused': [422, true, 'The key was used with another payload'],
  'rate-limited': [429, true, 'Too many requests of this kind'],
  'bank-unavailable': [503, true, 'The bank is not available, nothing was charged'],
  'bank-unknown': [503, false, 'The bank gave no answer, the outcome is not known yet'],
  'partner-failed': [503, false, 'A partner system failed'],
  'ids-unavailable': [503, true, 'No order number can be had'],
  'dispatch-unavailable': [503, true, 'No order can be handed out now'],
  'stock-unavailable': [503, true, 'The stock cannot be asked now'],
  'lock-contention': [503, true, 'Too many buyers want the same rows'],
  overloaded: [503, true, 'More people come than can be served'],
  'pool-exhausted': [503, true, 'All database connections are busy'],
  'database-unavailable': [503, true, 'The database is not available'],
  'commit-unknown': [503, false, 'The connection was lost while committing'],
  'in-recovery': [503, false, 'The request was interrupted and is being finished'],
  'deadline-exceeded': [503, false, 'The answer took too long'],
  draining: [503, true, 'The server is shutting down'],
  internal: [500, false, 'Something went wrong'],
} as const satisfies Record<string, readonly [status: number, definite: boolean, title: string]>

export type ProblemCode = keyof typeof problems

export interface ProblemOptions {
  /** Public text. */
  detail?: string
  /** Name of the body field, header or setting at fault. */
  field?: string
  /** Whole seconds after which asking again may help. */
  retryAfterSeconds?: number
  cause?: unknown
}

/** An expected failure; `toResponse` makes it application/problem+json. */
export class Problem extends Error {
  readonly code: ProblemCode
  readonly detail: string | undefined
  readonly field: string | undefined
  readonly retryAfterSeconds: number | undefined

  constructor(code: ProblemCode, options: ProblemOptions = {}) {
    const { detail, field, retryAfterSeconds, cause } = options
    super(detail ?? problems[code][2], { cause })
    this.name = 'Problem'
    this.code = code
    this.detail = detail
    this.field = field
    this.retryAfterSeconds = retryAfterSeconds
  }

  get status(): number {
    return problems[this.code][0]
  }

  get definite(): boolean {
    return problems[this.code][1]
  }
}

/** Seconds after which a client may ask again, where the problem itself does not say. */
const retryAfterSecondsDefault = 1

/**
 * Problem details (RFC 9457) of any error; what is not a `Problem` becomes `internal`.
 * @returns a plain object, safe to store and to send
 */
export function toProblemBody(error: unknown, requestId: string) {
  const problem = error instanceof Problem ? error : new Problem('internal', { cause: error })
  return {
    type: `urn:stampede:problem:${problem.code}`,
    title: problems[problem.code][2],
    status: problem.status,
    code: problem.code,
    detail: (problem.code !== 'internal' && problem.detail) || problems[problem.code][2],
    definite: problem.definite,
    ...(problem.field === undefined ? {} : { field: problem.field }),
    requestId,
  }
}

/** The answer to a failed request: problem+json, with `retry-after` where asking again may help. */
export function toResponse(error: unknown, requestId: string): Response {
  const body = toProblemBody(error, requestId)
  const headers: Record<string, string> = { 'content-type': 'application/problem+json' }
  if (body.status === 503 || body.status === 429) {
    const seconds = error instanceof Problem ? error.retryAfterSeconds : undefined
    headers['retry-after'] = String(seconds ?? retryAfterSecondsDefault)
  }
  if (body.status === 401) headers['www-authenticate'] = 'Bearer'
  return new Response(JSON.stringify(body), { status: body.status, headers })
}
