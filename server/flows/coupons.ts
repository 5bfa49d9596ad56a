import { createHash } from 'node:crypto'
import { sql } from 'drizzle-orm'
import type { Ctx } from '../ctx.ts'
import { instant } from '../db/statements.ts'
import { AlreadyAsked, type CouponRequest, type IssuedCoupon } from '../designs/coupons/coupons.ts'
import type { FlowCtx } from '../designs/flow-ctx.ts'
import { Problem } from '../errors.ts'
import type { Coupon, CouponsIssued } from './shapes.ts'

/**
 * Issues coupons to a partner, all or none; asked again with its request id, the same ones.
 * @throws Problem `not-found`, `coupon-pool-empty`, `quota-used-up`, `coupon-collision`,
 * `request-id-reused` (for another product or quantity)
 */
export async function issueCoupons(ctx: FlowCtx, request: CouponRequest): Promise<CouponsIssued> {
  const coupons = await issueOnce(ctx, request).catch((error: unknown) => {
    ctx.observer.coupons(eventOf(error), 1)
    throw error
  })
  return {
    partner: request.partnerId,
    product: request.productId,
    requestId: request.requestId,
    coupons,
  }
}

async function issueOnce(ctx: FlowCtx, request: CouponRequest): Promise<IssuedCoupon[]> {
  try {
    const issued = await ctx.design.coupons.issue(ctx, request)
    ctx.observer.coupons('issued', issued.length)
    return issued
  } catch (error) {
    if (!(error instanceof AlreadyAsked)) throw error
    const issued = await issuedBefore(ctx, request)
    ctx.observer.coupons('repeated', 1)
    return issued
  }
}

function eventOf(error: unknown) {
  const code = error instanceof Problem ? error.code : undefined
  if (code === 'coupon-pool-empty') return 'pool-empty'
  return code === 'quota-used-up' ? 'quota' : 'failed'
}

/** What the first request of the id was given. */
async function issuedBefore(
  { connections }: Ctx,
  { partnerId, requestId, productId, quantity }: CouponRequest,
): Promise<IssuedCoupon[]> {
  const [asked] = await connections.rows<{ productId: string; quantity: number }>(sql`
    select product_id as productId, quantity from coupon_requests
    where partner_id = ${partnerId} and request_id = ${requestId}`)
  if (!asked || String(asked.productId) !== productId || asked.quantity !== quantity) {
    throw new Problem('request-id-reused', { field: 'requestId' })
  }
  return await connections.rows<IssuedCoupon>(sql`
    select number, seq from coupon_issues
    where partner_id = ${partnerId} and request_id = ${requestId} order by seq, number`)
}

/** What the row of a partner's key holds. */
export const hashOfKey = (key: string): string => createHash('sha256').update(key).digest('hex')

/** @throws Problem `partner-refused` where the key is not the partner's */
export async function refuseWrongKey(
  { connections }: Ctx,
  partnerId: string,
  key: string,
): Promise<void> {
  const rows = await connections.rows(sql`select 1 from coupon_partners
    where id = ${partnerId} and key_hash = ${hashOfKey(key)}`)
  if (rows.length === 0) throw new Problem('partner-refused', { field: 'x-partner-key' })
}

interface CouponRow {
  number: string
  productId: string
  partnerId: string
  seq: string
  issuedAt: string
  orderId: string | null
}

/** @throws Problem `not-found` */
export async function readCoupon({ connections }: Ctx, number: string): Promise<Coupon> {
  const [row] = await connections.rows<CouponRow>(sql`
    select i.number, i.product_id as productId, i.partner_id as partnerId, i.seq,
           i.issued_at as issuedAt, r.order_id as orderId
    from coupon_issues i left join coupon_redemptions r on r.number = i.number
    where i.number = ${number}`)
  if (!row) throw new Problem('not-found', { field: 'number' })
  return {
    number: row.number,
    product: String(row.productId),
    partner: row.partnerId,
    seq: row.seq,
    issuedAt: instant(row.issuedAt),
    orderId: row.orderId === null ? null : String(row.orderId),
  }
}
