import { sql } from 'drizzle-orm'
import type { FlowCtx } from '../../server/designs/flow-ctx.ts'
import { issueCoupons } from '../../server/flows/coupons.ts'
import type { InProcessShop } from './shop.ts'

/** Products of the old log; the coupons that are asked for are of the first. */
const products = 50
/** Rows of one statement: 0 to 39, three times. */
const rowsPerStatement = 40 ** 3

const numbersBelow = (count: number) => sql`(
  with recursive digits (d) as (select 0 union all select d + 1 from digits where d < 39)
  select a.d * 1600 + b.d * 40 + c.d as n from digits a join digits b join digits c
  having n < ${count}) rows_made`

/**
 * The issue log of years ago, by the partner `archive`: products in turn, the first one long at
 * Z99. What is there stays, so that each size is made of the one before.
 * @param size rows that the log has then
 */
export async function growLog({ services }: InProcessShop, size: number): Promise<void> {
  const { connections } = services
  const [row] = await connections.rows<{ made: string }>(
    sql`select count(*) as made from coupon_issues where partner_id = 'archive'`,
  )
  for (let made = Number(row?.made); made < size; made += rowsPerStatement) {
    const count = Math.min(rowsPerStatement, size - made)
    await connections.change(sql`
      insert into coupon_issues (number, product_id, partner_id, request_id, seq, issued_at)
      select lpad(hex(${made} + n), 16, '0'), 1 + (${made} + n) % ${products}, 'archive', 'old',
             if((${made} + n) % ${products} = 0, 'Z99',
                concat(char(65 + n % 26 using utf8mb4), lpad(1 + n % 99, 2, '0'))),
             '2020-01-01' + interval (${made} + n) second
      from ${numbersBelow(count)}`)
  }
  await connections.rows(sql`analyze table coupon_issues`)
}

/** Sees to it that the pool of the first product has so many free numbers. */
export async function fillPool({ services }: InProcessShop, wanted: number): Promise<void> {
  const { connections } = services
  const [row] = await connections.rows<{ free: string }>(
    sql`select count(*) as free from coupon_numbers where product_id = 1 and status = 'free'`,
  )
  const salt = crypto.randomUUID()
  for (let free = Number(row?.free); free < wanted; free += rowsPerStatement) {
    const count = Math.min(rowsPerStatement, wanted - free)
    await connections.change(sql`
      insert into coupon_numbers (product_id, number, status)
      select 1, upper(left(sha2(concat(${salt}, ${free} + n), 256), 16)), 'free'
      from ${numbersBelow(count)}`)
  }
}

let requests = 0

/** One coupon for one of four partners, under a request id of its own. */
export const askForCoupon = (ctx: FlowCtx, call: number) =>
  issueCoupons(ctx, {
    partnerId: `partner-${1 + (call % 4)}`,
    productId: '1',
    quantity: 1,
    requestId: `measure-${++requests}`,
  })
