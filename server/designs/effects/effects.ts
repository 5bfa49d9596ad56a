import { sql } from 'drizzle-orm'
import type { Ctx } from '../../ctx.ts'
import type { Database } from '../../db/connections.ts'

export interface SoldLine {
  optionId: string
  quantity: number
}

/** What the rest of the company is sent once an order is paid. */
export interface OrderPaid {
  type: 'order.paid'
  /** `order-paid-<order id>`: one event per order, however often it is delivered. */
  eventId: string
  orderId: string
  userId: string
  totalMinor: number
  /** UTC day of the sale, YYYY-MM-DD. */
  soldDate: string
  lines: SoldLine[]
}

/** Axis `effects`: when best-seller counts, data platform and message happen. */
export interface Effects {
  /**
   * Called inside the transaction that marks the order paid.
   * @throws Problem `partner-failed` where an effect happens at once and fails
   */
  publish(ctx: Ctx, db: Database, event: OrderPaid): Promise<void>
}

/** Adds the lines of a paid order to the day's best-seller counts, in the caller's transaction. */
export async function countBestSellers(db: Database, event: OrderPaid): Promise<void> {
  const rows = event.lines.map(
    ({ optionId, quantity }) => sql`(${event.soldDate}, ${optionId}, ${quantity})`,
  )
  await db.change(sql`insert into daily_popular_products (sold_date, option_id, total_sold)
      values ${sql.join(rows, sql`,`)}
      on duplicate key update total_sold = total_sold + values(total_sold)`)
}
