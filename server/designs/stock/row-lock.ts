import { sql } from 'drizzle-orm'
import { changed, rowsOf } from '../../db/statements.ts'
import type { Stock } from './stock.ts'

/**
 * Lock the row, look, write.
 * in: option, quantity · out: false = sold out · closes: the gap between look and take, as nobody
 * else looks meanwhile · leaves open: the queue for the row, which is held over two round trips and
 * whatever else the transaction does.
 */
export const rowLock: Stock = {
  async take(_ctx, db, { optionId, quantity }) {
    const [row] = await rowsOf<{ stock: number }>(
      db,
      sql`select stock from product_options where id = ${optionId} for update`,
    )
    if (!row || row.stock < quantity) return false
    await changed(
      db,
      sql`update product_options set stock = stock - ${quantity} where id = ${optionId}`,
    )
    return true
  },

  async giveBack(_ctx, db, { optionId, quantity }) {
    await rowsOf(db, sql`select stock from product_options where id = ${optionId} for update`)
    await changed(
      db,
      sql`update product_options set stock = stock + ${quantity} where id = ${optionId}`,
    )
  },
}
