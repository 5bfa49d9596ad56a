import { sql } from 'drizzle-orm'
import { addUnits, type StockOption } from './stock.ts'

export const rowLock: StockOption = {
  summary: 'select for update, look, update',
  closes: 'the gap between look and take, as no other transaction looks meanwhile',
  leavesOpen:
    'the queue for the row, which is held over two round trips and the rest of the transaction',
  open: () => ({
    async take(_ctx, db, { optionId, quantity }) {
      const [row] = await db.rows<{ stock: number }>(sql`
        select stock from product_options where id = ${optionId} for update`)
      if (!row || row.stock < quantity) return false
      await db.change(sql`
        update product_options set stock = stock - ${quantity} where id = ${optionId}`)
      return true
    },

    giveBack: (_ctx, db, { optionId, quantity }) => addUnits(db, optionId, quantity),
  }),
}
