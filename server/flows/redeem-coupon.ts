import { sql } from 'drizzle-orm'
import type { Database } from '../db/connections.ts'
import { isDuplicateKey } from '../db/failures.ts'
import { momentFromNow } from '../db/statements.ts'
import { Problem } from '../errors.ts'

/**
 * Redeems a coupon for an order.
 * in: a number, an order · out: the coupon is the order's · closes: two orders with one coupon, by
 * the primary key
 * @throws Problem `not-found`, `coupon-redeemed`
 */
export async function redeemCoupon(db: Database, number: string, orderId: string): Promise<void> {
  const redeemed = await db
    .change(sql`
      insert into coupon_redemptions (number, order_id, redeemed_at)
      select number, ${orderId}, ${momentFromNow()} from coupon_issues where number = ${number}`)
    .catch((cause: unknown) => {
      if (!isDuplicateKey(cause)) throw cause
      throw new Problem('coupon-redeemed', { field: 'coupon', cause })
    })
  if (redeemed !== 1) throw new Problem('not-found', { field: 'coupon' })
}

/** What an order has redeemed may be redeemed again. */
export async function giveCouponBack(db: Database, orderId: string): Promise<void> {
  await db.change(sql`delete from coupon_redemptions where order_id = ${orderId}`)
}
