import { sql } from 'drizzle-orm'
import { changed } from '../../db/statements.ts'
import type { Stock } from './stock.ts'
import { takeWanted } from './take-all.ts'

/**
 * One statement looks and takes.
 * in: option, quantity · out: rows changed, 0 = sold out · closes: the gap between look and take,
 * since InnoDB evaluates the condition on the locked, latest row.
 */
export const conditionalUpdate: Stock = {
  async take(_ctx, db, { optionId, quantity }) {
    const taken = await changed(
      db,
      sql`update product_options set stock = stock - ${quantity}
          where id = ${optionId} and stock >= ${quantity}`,
    )
    return taken === 1
  },

  takeAll: (_ctx, db, orders) => takeWanted(db, orders),

  async giveBack(_ctx, db, { optionId, quantity }) {
    await changed(
      db,
      sql`update product_options set stock = stock + ${quantity} where id = ${optionId}`,
    )
  },
}
