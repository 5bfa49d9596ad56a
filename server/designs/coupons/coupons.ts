import { sql } from 'drizzle-orm'
import type { Ctx } from '../../ctx.ts'
import type { Database } from '../../db/connections.ts'
import { isDuplicateKey } from '../../db/failures.ts'
import { listOf, momentFromNow } from '../../db/statements.ts'
import { Problem } from '../../errors.ts'

/** What a partner wants; asked again with the same id, it is the same coupons. */
export interface CouponRequest {
  partnerId: string
  productId: string
  quantity: number
  requestId: string
}

export interface IssuedCoupon {
  number: string
  /** A01 to Z99: which issue of its product it is, as far as that counts. */
  seq: string
}

/** Axis `coupons`: how a free number becomes the coupon of one partner, and of no other. */
export interface Coupons {
  /**
   * Issues all that is asked for, or nothing; durable when it returns.
   * @throws AlreadyAsked for a request id that has been used
   * @throws Problem `not-found`, `coupon-pool-empty`, `quota-used-up`, `coupon-collision`
   */
  issue(ctx: Ctx, request: CouponRequest): Promise<IssuedCoupon[]>
}

/** The request id has been used by its partner: what was issued then is the answer. */
export class AlreadyAsked extends Error {
  override name = 'AlreadyAsked'
}

/** A number of the pool. */
export interface FreeNumber {
  id: string
  number: string
}

/**
 * Writes the request down; of two with one id the second waits for the first, and is a repeat where
 * that commits.
 * @throws AlreadyAsked
 */
export async function storeRequests(
  db: Database,
  requests: readonly CouponRequest[],
): Promise<void> {
  const rows = requests.map(
    ({ partnerId, requestId, productId, quantity }) =>
      sql`(${partnerId}, ${requestId}, ${productId}, ${quantity}, 'issued', ${momentFromNow()})`,
  )
  const insert = sql`insert into coupon_requests
      (partner_id, request_id, product_id, quantity, status, created_at)
    values ${sql.join(rows, sql`,`)}`
  await db.change(insert).catch((cause: unknown) => {
    throw isDuplicateKey(cause) ? new AlreadyAsked('', { cause }) : cause
  })
}

/** The answer to a repeat; undefined where the request id is new. */
export async function wasAsked(
  db: Pick<Database, 'rows'>,
  { partnerId, requestId }: CouponRequest,
): Promise<AlreadyAsked | undefined> {
  const rows = await db.rows(sql`select 1 from coupon_requests
    where partner_id = ${partnerId} and request_id = ${requestId} and status = 'issued'`)
  return rows.length > 0 ? new AlreadyAsked() : undefined
}

/** @throws Problem `not-found` for a product that has no coupons */
export async function validate(db: Database, { productId }: CouponRequest): Promise<void> {
  const rows = await db.rows(sql`select 1 from coupon_products where id = ${productId}`)
  if (rows.length === 0) throw noProduct()
}

export const noProduct = () => new Problem('not-found', { field: 'product' })

/** Free numbers above an id, the lowest first: a plain read, which others may read too. */
export const freeNumbers = (
  db: Pick<Database, 'rows'>,
  productId: string,
  aboveId: string,
  limit: number,
): Promise<FreeNumber[]> =>
  db.rows<FreeNumber>(sql`
    select id, number from coupon_numbers
    where product_id = ${productId} and status = 'free' and id > ${aboveId}
    order by id limit ${limit}`)

/**
 * Takes numbers that are still free.
 * in: ids of numbers · out: how many of them were free and are the transaction's now · closes: two
 * who read them as free, since the condition is evaluated on the locked row
 */
export const claimNumbers = (db: Database, ids: readonly string[]): Promise<number> =>
  db.change(sql`update coupon_numbers force index (primary) set status = 'used'
    where id in (${listOf(ids)}) and status = 'free'`)

/** What is to be written into the issue log. */
export interface Issue extends IssuedCoupon {
  request: CouponRequest
}

/** Writes coupons into the issue log. @throws the driver's error where a number is there already */
export async function writeIssues(db: Database, issues: readonly Issue[]): Promise<void> {
  const rows = issues.map(
    ({ number, seq, request: { productId, partnerId, requestId } }) =>
      sql`(${number}, ${productId}, ${partnerId}, ${requestId}, ${seq}, ${momentFromNow()})`,
  )
  await db.change(sql`insert into coupon_issues
      (number, product_id, partner_id, request_id, seq, issued_at)
    values ${sql.join(rows, sql`,`)}`)
}

/**
 * Counts coupons against the quota of their partner, whose row is locked until the commit: the last
 * thing that a transaction does.
 * @throws Problem `quota-used-up`
 */
export async function countAgainstQuota(
  db: Database,
  partnerId: string,
  quantity: number,
): Promise<void> {
  const counted = await db.change(sql`
    update coupon_partners set issued = issued + ${quantity}
    where id = ${partnerId} and issued + ${quantity} <= quota`)
  if (counted !== 1) throw new Problem('quota-used-up')
}

/** Seconds after which the worker may have filled the pool. */
const refillSeconds = 2

export const poolEmpty = () =>
  new Problem('coupon-pool-empty', { retryAfterSeconds: refillSeconds })
