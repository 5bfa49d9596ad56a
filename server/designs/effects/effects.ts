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
   * Called inside the transaction that marks the orders paid, with one event or more.
   * @throws Problem `partner-failed` where an effect happens at once and fails
   */
  publish(ctx: Ctx, db: Database, events: readonly OrderPaid[]): Promise<void>
}

/**
 * Adds the lines of paid orders to the best-seller counts of their days, in the caller's
 * transaction and with its next statement. Each count is one row, and those are in the order of
 * their key, so that two who count never wait for each other in a circle.
 */
export function countBestSellers(db: Database, events: readonly OrderPaid[]): void {
  const sums = new Map<string, { soldDate: string; optionId: string; quantity: number }>()
  for (const { soldDate, lines } of events) {
    for (const { optionId, quantity } of lines) {
      const key = `${soldDate} ${optionId.padStart(20, '0')}`
      const sum = sums.get(key) ?? { soldDate, optionId, quantity: 0 }
      sums.set(key, { ...sum, quantity: sum.quantity + quantity })
    }
  }
  const rows = [...sums]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([, { soldDate, optionId, quantity }]) => sql`(${soldDate}, ${optionId}, ${quantity})`)
  if (rows.length === 0) return
  db.later(sql`insert into daily_popular_products (sold_date, option_id, total_sold)
      values ${sql.join(rows, sql`,`)}
      on duplicate key update total_sold = total_sold + values(total_sold)`)
}
