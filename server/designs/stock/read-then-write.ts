import { sql } from 'drizzle-orm'
import type { Database } from '../../db/connections.ts'
import type { StockOption } from './stock.ts'

export const readThenWrite: StockOption = {
  summary: 'look, then write what should be left',
  leavesOpen: 'the last to write wipes out what others took or gave back since it looked',
  hazard:
    'two buyers who look before either has committed get the same units: it sells more than ' +
    'there is',
  knownBad: { checks: ['stock-conserved', 'never-oversold'], when: 'always' },
  open: () => ({
    take: (_ctx, db, { optionId, quantity }) => writeWhatIsLeft(db, optionId, -quantity),
    async giveBack(_ctx, db, { optionId, quantity }) {
      await writeWhatIsLeft(db, optionId, quantity)
    },
  }),
}

/** Reads the stock without a lock, and writes what should be left. @returns false = sold out */
export async function writeWhatIsLeft(
  db: Database,
  optionId: string,
  units: number,
): Promise<boolean> {
  const [row] = await db.rows<{ stock: number }>(sql`
    select stock from product_options where id = ${optionId}`)
  if (!row || row.stock + units < 0) return false
  await db.change(sql`
    update product_options set stock = ${row.stock + units} where id = ${optionId}`)
  return true
}
