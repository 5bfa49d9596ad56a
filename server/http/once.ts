import { sql } from 'drizzle-orm'
import type { Context } from 'hono'
import type { Ctx } from '../ctx.ts'
import type { Database } from '../db/connections.ts'
import { Problem } from '../errors.ts'
import { toProblemBody } from '../problem.ts'
import { requestIdOf } from '../request-id.ts'
import { type KeyClaim, KeyClaims, type Reply } from './key-claims.ts'
import type { RouteDeps } from './route-deps.ts'

export interface OnceRequest {
  /** What makes two requests the same: method, path and parsed body. */
  payload: unknown
  /** @param keep takes the answer into the transaction that makes it true */
  run(key: string, keep: (db: Database, reply: Reply) => void): Promise<Reply>
  /** What an interrupted first try has left behind, if it was finished after all. */
  find(key: string): Promise<Reply | undefined>
}

/** What a client may send; a key that the shop makes up has another letter. */
export const keyPattern = /^[A-Za-z0-9._:-]{1,80}$/

/**
 * Runs a request once per Idempotency-Key (draft-ietf-httpapi-idempotency-key-header): a repeat
 * gets the stored answer, marked `idempotency-replayed`.
 * @throws Problem `idempotency-key-missing`, `idempotency-key-reused`, `request-in-progress`
 */
export async function once(
  c: Context,
  { keys }: Pick<RouteDeps, 'keys'>,
  ctx: Ctx,
  request: OnceRequest,
): Promise<Response> {
  const fingerprint = new Bun.CryptoHasher('sha256')
    .update(JSON.stringify([c.req.method, c.req.path, request.payload]))
    .digest('hex')
  const claims = ctx.isShadow ? new KeyClaims(ctx) : keys
  const claim = await claims.claim(keyOf(c), fingerprint)
  if ('status' in claim) return respond(claim, true)
  const found = claim.isTakenOver ? await leftBehind(ctx, claim, request) : undefined
  return respond(found ?? (await runAndStore(c, ctx, claim, request)))
}

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

/** What the interrupted request has left, once nothing of it is under way any more. */
async function leftBehind(
  ctx: Ctx,
  claim: KeyClaim,
  request: OnceRequest,
): Promise<Reply | undefined> {
  try {
    const open = await ctx.connections.rows(sql`select id from sagas
        where idempotency_key = ${claim.key} and status in ('running', 'undoing') limit 1`)
    if (open.length > 0) throw new Problem('request-in-progress')
    const found = await request.find(claim.key)
    if (found) await claim.store(found)
    return found
  } catch (error) {
    await claim.leave()
    throw error
  }
}

async function runAndStore(
  c: Context,
  ctx: Ctx,
  claim: KeyClaim,
  request: OnceRequest,
): Promise<Reply> {
  const stopRenewing = claim.renewing()
  try {
    const reply = await request.run(claim.key, (db, kept) => claim.keep(db, kept))
    await claim.store(reply)
    return reply
  } catch (error) {
    const problem = error instanceof Problem ? error : new Problem('internal', { cause: error })
    if (!problem.definite) await claim.leave()
    else if (problem.status >= 500) await (claim.isTakenOver ? claim.leave() : claim.free())
    else {
      // Who took the key over may have been refused for what the first request did after all.
      const found = claim.isTakenOver ? await leftBehind(ctx, claim, request) : undefined
      if (found) return found
      const { status } = problem
      const reply = { status, body: toProblemBody(problem, requestIdOf(c.req.raw.headers)) }
      if (await claim.store(reply)) return reply
      throw new Problem('request-in-progress')
    }
    throw error
  } finally {
    stopRenewing()
  }
}

function respond({ status, body }: Reply, isReplay = false): Response {
  const type = status >= 400 ? 'application/problem+json' : 'application/json'
  const headers: Record<string, string> = { 'content-type': type }
  if (isReplay) headers['idempotency-replayed'] = 'true'
  return new Response(JSON.stringify(body), { status, headers })
}
