import type { Context } from 'hono'
import type { Ctx } from '../ctx.ts'
import { Problem } from '../errors.ts'
import { KeyClaims, type Reply } from '../keys/key-claims.ts'
import { fingerprintOf, type OnceRequest, runOnce } from '../keys/run-once.ts'
import { requestIdOf } from '../request-id.ts'
import type { RouteDeps } from './route-deps.ts'

/** What a client may send; a key that the shop makes up has another letter. */
export const keyPattern = /^[A-Za-z0-9._:-]{1,80}$/

/**
 * Runs a request once per Idempotency-Key (draft-ietf-httpapi-idempotency-key-header): a repeat
 * gets the stored answer, marked `idempotency-replayed`.
 * @param payload the parsed body
 * @throws Problem `idempotency-key-missing`, `idempotency-key-reused`, `request-in-progress`
 */
export async function once(
  c: Context,
  { keys }: Pick<RouteDeps, 'keys'>,
  ctx: Ctx,
  { payload, ...request }: OnceRequest & { payload: unknown },
): Promise<Response> {
  const { shadowKey } = ctx
  if (shadowKey !== undefined) return respond(await request.run(shadowKey, () => {}), false)
  const claims = ctx.isShadow ? new KeyClaims(ctx) : keys
  const { reply, isReplay } = await runOnce(ctx, claims, request, {
    ...identityOf(c, payload),
    requestId: requestIdOf(c.req.raw.headers),
  })
  return respond(reply, isReplay)
}

/**
 * What tells a request from others, and its repeat from another request.
 * @throws Problem `idempotency-key-missing`, `invalid-request`
 */
export const identityOf = (c: Context, payload: unknown) => ({
  key: keyOf(c),
  fingerprint: fingerprintOf(c.req.method, c.req.path, payload),
})

function keyOf(c: Context): string {
  const raw = c.req.header('idempotency-key')
  if (!raw) throw new Problem('idempotency-key-missing', { field: 'Idempotency-Key' })
  const key = raw.startsWith('"') && raw.endsWith('"') ? raw.slice(1, -1) : raw
  if (!keyPattern.test(key)) {
    const detail = 'Idempotency-Key: 1 to 80 of letters, digits, dot, underscore, colon, hyphen'
    throw new Problem('invalid-request', { detail, field: 'Idempotency-Key' })
  }
  return key
}

function respond({ status, body }: Reply, isReplay: boolean): Response {
  const type = status >= 400 ? 'application/problem+json' : 'application/json'
  const headers: Record<string, string> = { 'content-type': type }
  if (isReplay) headers['idempotency-replayed'] = 'true'
  return new Response(JSON.stringify(body), { status, headers })
}
