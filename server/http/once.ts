import { type SQL, sql } from 'drizzle-orm'
import type { Context } from 'hono'
import type { Ctx } from '../ctx.ts'
import { Problem } from '../errors.ts'
import { toProblemBody } from '../problem.ts'
import { requestIdOf } from './request.ts'

/** A plain answer, fit to be stored and replayed. */
export interface Reply {
  status: number
  body: object
}

export interface OnceRequest {
  /** What makes two requests the same: method, path and parsed body. */
  payload: unknown
  run(key: string): Promise<Reply>
  /** What an interrupted first try has left behind, if it was finished after all. */
  find(key: string): Promise<Reply | undefined>
}

/** How long the first try owns its key; it renews the claim until it or its process has ended. */
const claimMs = 20_000
const renewMs = 5000
const keyPattern = /^[A-Za-z0-9._:-]{1,80}$/

/**
 * Runs a request once per Idempotency-Key (draft-ietf-httpapi-idempotency-key-header): a repeat
 * gets the stored answer, marked `idempotency-replayed`.
 * in: key, fingerprint · out: the one answer · closes: two requests with one key running at once,
 * by the insert of the key's row, which only one of them can do.
 * @throws Problem `idempotency-key-missing`, `idempotency-key-reused`, `request-in-progress`
 */
export async function once(c: Context, ctx: Ctx, request: OnceRequest): Promise<Response> {
  const key = keyOf(c)
  const fingerprint = new Bun.CryptoHasher('sha256')
    .update(JSON.stringify([c.req.method, c.req.path, request.payload]))
    .digest('hex')
  const earlier = await claim(ctx, key, fingerprint)
  if (earlier === 'interrupted') {
    const found = await afterInterruption(ctx, key, request)
    if (found) return respond(await storeReply(ctx, key, found))
  } else if (earlier) return respond(earlier, true)
  return respond(await runAndStore(c, ctx, key, request))
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

interface KeyRow {
  fingerprint: string
  lockedUntil: string
  isLocked: number
  responseStatus: number | null
  responseBody: object | string | null
}

/** Undefined = the key is ours; a reply = it was answered before. */
async function claim(
  ctx: Ctx,
  key: string,
  fingerprint: string,
): Promise<Reply | 'interrupted' | undefined> {
  const now = new Date()
  const lockedUntil = new Date(now.getTime() + claimMs)
  return await ctx.connections.use(async (db) => {
    const inserted = await db.change(sql`insert ignore into idempotency_keys
          (idempotency_key, fingerprint, locked_until, created_at)
        values (${key}, ${fingerprint}, ${lockedUntil}, ${now})`)
    if (inserted === 1) return undefined
    const [row] = await db.rows<KeyRow>(sql`
      select fingerprint, locked_until as lockedUntil, locked_until > ${now} as isLocked,
             response_status as responseStatus, response_body as responseBody
      from idempotency_keys where idempotency_key = ${key}`)
    if (!row) throw new Problem('request-in-progress')
    if (row.fingerprint !== fingerprint) throw new Problem('idempotency-key-reused')
    const { responseStatus: status, responseBody: body } = row
    if (status !== null) return { status, body: typeof body === 'string' ? JSON.parse(body) : body }
    if (Number(row.isLocked) === 1) throw new Problem('request-in-progress')
    const taken = await db.change(sql`update idempotency_keys set locked_until = ${lockedUntil}
        where idempotency_key = ${key} and locked_until = ${row.lockedUntil}
          and response_status is null`)
    if (taken !== 1) throw new Problem('request-in-progress')
    return 'interrupted' as const
  })
}

async function afterInterruption(
  ctx: Ctx,
  key: string,
  request: OnceRequest,
): Promise<Reply | undefined> {
  const open = await ctx.connections.rows(sql`select id from sagas where idempotency_key = ${key}
        and status in ('running', 'undoing') limit 1`)
  if (open.length > 0) {
    await hold(ctx, key)
    throw new Problem('request-in-progress')
  }
  return await request.find(key)
}

async function runAndStore(
  c: Context,
  ctx: Ctx,
  key: string,
  request: OnceRequest,
): Promise<Reply> {
  const renewing = setInterval(() => void hold(ctx, key, claimMs), renewMs)
  try {
    return await storeReply(ctx, key, await request.run(key))
  } catch (error) {
    const problem = error instanceof Problem ? error : new Problem('internal', { cause: error })
    if (!problem.definite) await hold(ctx, key)
    else if (problem.status >= 500) await releaseKey(ctx, key)
    else {
      const body = toProblemBody(problem, requestIdOf(c))
      return await storeReply(ctx, key, { status: problem.status, body })
    }
    throw error
  } finally {
    clearInterval(renewing)
  }
}

/** What is done is done: a note that cannot be written must not turn it into a failure. */
async function storeReply(ctx: Ctx, key: string, reply: Reply): Promise<Reply> {
  const note = sql`update idempotency_keys set response_status = ${reply.status},
    response_body = ${JSON.stringify(reply.body)} where idempotency_key = ${key}`
  await ctx.connections.change(note).catch(() => hold(ctx, key))
  return reply
}

/** Nothing happened and nothing will: the key may be used as if for the first time. */
async function releaseKey(ctx: Ctx, key: string): Promise<void> {
  await unlessDown(ctx, sql`delete from idempotency_keys where idempotency_key = ${key}`)
}

/** Owns the key for `forMs` from now; 0 = the next try with this key looks for its outcome. */
async function hold(ctx: Ctx, key: string, forMs = 0): Promise<void> {
  const until = new Date(Date.now() + forMs)
  await unlessDown(
    ctx,
    sql`update idempotency_keys set locked_until = ${until} where idempotency_key = ${key}`,
  )
}

/** The claim runs out by itself; its clean-up must not hide the error that led to it. */
const unlessDown = (ctx: Ctx, statement: SQL) => ctx.connections.change(statement).catch(() => 0)

function respond({ status, body }: Reply, isReplay = false): Response {
  const type = status >= 400 ? 'application/problem+json' : 'application/json'
  const headers: Record<string, string> = { 'content-type': type }
  if (isReplay) headers['idempotency-replayed'] = 'true'
  return new Response(JSON.stringify(body), { status, headers })
}
