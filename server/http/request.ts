import { createHash, timingSafeEqual } from 'node:crypto'
import type { Context } from 'hono'
import { toResponse } from '../problem.ts'
import { requestIdOf } from '../request-id.ts'
import type { RouteDeps } from './route-deps.ts'

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
  setEpoch(response, c.get('chosen')?.epoch ?? deps.flags.health().epoch)
  setClientPolicy(deps, route, response, c)
  return response
}

/** Which change of the design a request was answered under. */
export function setEpoch(response: Response, epoch: number | undefined): void {
  if (epoch !== undefined) response.headers.set('x-design-epoch', String(epoch))
}

/** Tells the client how to retry while a fault wants that. */
export function setClientPolicy(
  { services }: RouteDeps,
  route: string,
  response: Response,
  c: Context,
): void {
  const chosen = c.get('chosen')
  const policy = services.chaos.clientPolicy(route, { user: chosen?.unit, design: chosen?.design })
  if (policy) response.headers.set('x-client-policy', policy)
}
