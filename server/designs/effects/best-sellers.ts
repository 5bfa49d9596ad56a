import { sql } from 'drizzle-orm'
import type { Database } from '../../db/connections.ts'
import type { OrderPaid } from './effects.ts'

/** Adds the lines of a paid order to the day's best-seller counts, in the caller's transaction. */
export async function countBestSellers(db: Database, event: OrderPaid): Promise<void> {
  const rows = event.lines.map(
    ({ optionId, quantity }) => sql`(${event.soldDate}, ${optionId}, ${quantity})`,
  )
  await db.change(sql`insert into daily_popular_products (sold_date, option_id, total_sold)
      values ${sql.join(rows, sql`,`)}
      on duplicate key update total_sold = total_sold + values(total_sold)`)
}
