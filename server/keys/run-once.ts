import { sql } from 'drizzle-orm'
import type { Ctx } from '../ctx.ts'
import type { Database } from '../db/connections.ts'
import { Problem } from '../errors.ts'
import { toProblemBody } from '../problem.ts'
import type { KeyClaim, KeyClaims, Reply } from './key-claims.ts'

/** A request that is run once per key. */
export interface OnceRequest {
  /** @param keep takes the answer into the transaction that makes it true */
  run(key: string, keep: (db: Database, reply: Reply) => void): Promise<Reply>
  /** What an interrupted first try has left behind, if it was finished after all. */
  find(key: string): Promise<Reply | undefined>
}

/** Which request it is. */
export interface RequestIdentity {
  key: string
  /** Of what makes two requests the same. */
  fingerprint: string
  requestId: string
}

/** Of a request: two with the same method, path and parsed body are the same. */
export const fingerprintOf = (method: string, path: string, payload: unknown): string =>
  new Bun.CryptoHasher('sha256').update(JSON.stringify([method, path, payload])).digest('hex')

/**
 * Runs a request once per key; a repeat gets the stored answer.
 * @returns the answer; a definite refusal below 500 is one, and is kept for repeats too
 * @throws Problem `idempotency-key-reused`, `request-in-progress`, and those of a run that is
 * indefinite or may be tried again
 */
export async function runOnce(
  ctx: Ctx,
  claims: KeyClaims,
  request: OnceRequest,
  { key, fingerprint, requestId }: RequestIdentity,
): Promise<{ reply: Reply; isReplay: boolean }> {
  const claim = await claims.claim(key, fingerprint)
  if ('status' in claim) return { reply: claim, isReplay: true }
  const found = claim.isTakenOver ? await leftBehind(ctx, claim, request) : undefined
  return { reply: found ?? (await runAndStore(ctx, claim, request, requestId)), isReplay: false }
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
  ctx: Ctx,
  claim: KeyClaim,
  request: OnceRequest,
  requestId: string,
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
      const reply = { status, body: toProblemBody(problem, requestId) }
      if (await claim.store(reply)) return reply
      throw new Problem('request-in-progress')
    }
    throw error
  } finally {
    stopRenewing()
  }
}
