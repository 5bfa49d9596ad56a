import { sql } from 'drizzle-orm'
import type { Services } from '../ctx.ts'
import { type SeedProfile, today } from '../db/seed.ts'
import { numberRanges } from '../designs/ids/number-ranges.ts'

const tablesFilledLater = [
  ...['stock_reservations', 'coupon_requests', 'stock_claims', 'cart_items', 'design_log', 'sagas'],
  ...['coupon_redemptions', 'stock_counters', 'order_intakes', 'saga_steps', 'dispatches'],
  ...['idempotency_keys', 'payment_history', 'stock_batches', 'order_items', 'payments', 'outbox'],
  ...['promotion_claims', 'balance_entries', 'coupon_issues', 'stock_lines', 'effects', 'orders'],
]
const emptyTables = tablesFilledLater.map((table) => sql`delete from ${sql.identifier(table)}`)

const notRetired = sql`successor = null, retired_value = null, retired_epoch = null`

/** What the seed has written, as it was; what came later is gone. */
function seededAgain(profile: SeedProfile) {
  const { stock, limitedOptionId, limitedStock, products, optionsPerProduct, coupons } = profile
  const lastSeeded = products * (optionsPerProduct[0] ?? 0)
  const lastNumber = coupons.products * coupons.numbers
  const seeded = sql`if(id = ${limitedOptionId}, ${limitedStock}, ${stock})`
  return [
    sql`delete from product_options where id > ${lastSeeded}`,
    // The days before today are the seed's.
    sql`delete from daily_popular_products where sold_date >= ${today()}`,
    sql`update product_options set stock = ${seeded}, initial_stock = ${seeded},
        version = 0, stock_fence = 0, quota_taken = 0`,
    sql`update users set balance_minor = initial_balance_minor, version = 0`,
    sql`update sequences set value = 0, last = ${numberRanges.sequenceRows.last},
        successor_first = null, ${notRetired}`,
    // A mark never goes back: a ticket server that has leased above it would stop.
    sql`update ticket_marks set ${notRetired}`,
    sql`delete from coupon_numbers where id > ${lastNumber}`,
    sql`update coupon_numbers set status = 'free'`,
    sql`update coupon_partners set issued = 0, quota = ${coupons.quota}`,
  ]
}

/**
 * Puts every table back to how it was after the seed, in one round trip and one commit, since it
 * runs before each live test.
 * @param profile of the seed, with as many options of each product
 */
export async function putBack({ connections }: Services, profile: SeedProfile): Promise<void> {
  await connections.transaction(async (db) => {
    for (const statement of [...emptyTables, ...seededAgain(profile)]) db.later(statement)
  })
}
