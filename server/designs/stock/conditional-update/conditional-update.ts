import { sql } from 'drizzle-orm'
import type { Database } from '../../../db/connections.ts'
import { addUnits, type StockLine, type StockOption } from '../stock.ts'
import { takeOrders } from './take-all.ts'

export const conditionalUpdate: StockOption = {
  summary: 'one update that looks and takes',
  out: 'rows changed, 0 = sold out',
  closes: 'the gap between look and take: InnoDB evaluates the condition on the locked, latest row',
  takesAll: true,
  open: () => ({
    take: (_ctx, db, line) => takeConditionally(db, line),
    takeAll: (_ctx, db, orders) => takeOrders(db, orders),
    giveBack: (_ctx, db, { optionId, quantity }) => addUnits(db, optionId, quantity),
  }),
}

export async function takeConditionally(
  db: Database,
  { optionId, quantity }: StockLine,
): Promise<boolean> {
  const taken = await db.change(sql`update product_options set stock = stock - ${quantity}
      where id = ${optionId} and stock >= ${quantity}`)
  return taken === 1
}
