import { createHash, timingSafeEqual } from 'node:crypto'
import type { Context } from 'hono'
import { type Design, parseDesign } from '../designs/design.ts'
import { assertSameLedger } from '../designs/same-ledger.ts'
import { Problem } from '../errors.ts'
import { toResponse } from '../problem.ts'
import { requestIdOf } from '../request-id.ts'
import type { RouteDeps } from './route-deps.ts'

/** Longest `x-design` that is read; every axis named takes about 200. */
const designLengthMax = 500
const closed = 'x-design needs the token, or a server started with STAMPEDE_REHEARSAL=on'

/**
 * The design that a request asks for, else the process's.
 * @throws Problem `unauthorized`, `unknown-design`, `design-refused`
 */
export function designOf(deps: RouteDeps, c: Context): Design {
  const asked = c.req.header('x-design')
  const { current } = deps.defaultDesign
  if (asked === undefined) return current
  const field = 'x-design'
  if (!deps.mayChooseDesign(c)) throw new Problem('unauthorized', { detail: closed, field })
  if (asked.length > designLengthMax) {
    throw new Problem('unknown-design', { detail: `at most ${designLengthMax} characters`, field })
  }
  try {
    return assertSameLedger(parseDesign(asked, current), current)
  } catch (cause) {
    if (!(cause instanceof Problem)) throw cause
    throw new Problem(cause.code, { detail: cause.message, field, cause })
  }
}

/**
 * Judges whether a request has the bearer token, by hashes and in constant time; without a token
 * no request has it.
 */
export function bearing(token: string | undefined): (c: Context) => boolean {
  if (token === undefined) return () => false
  const wanted = hashOf(`Bearer ${token}`)
  return (c) => timingSafeEqual(hashOf(c.req.header('authorization') ?? ''), wanted)
}

const hashOf = (text: string) => createHash('sha256').update(text).digest()

/** Number of this try as the client counts them: 1 is a new intent. */
export function attemptOf(c: Context): number {
  return Number(c.req.header('x-attempt') ?? 0)
}

/** The answer to a request that failed before or in its handler. */
export function refuse(deps: RouteDeps, route: string, error: unknown, c: Context): Response {
  const response = toResponse(error, requestIdOf(c.req.raw.headers))
  setClientPolicy(deps, route, response)
  return response
}

/** Tells the client how to retry while a fault wants that. */
export function setClientPolicy({ services }: RouteDeps, route: string, response: Response): void {
  const policy = services.chaos.clientPolicy(route)
  if (policy) response.headers.set('x-client-policy', policy)
}
