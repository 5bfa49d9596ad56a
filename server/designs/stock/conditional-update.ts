import { sql } from 'drizzle-orm'
import { changed } from '../../db/statements.ts'
import type { Stock } from './stock.ts'
import { added, lockedStock, takeStatement } from './take-all.ts'

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

  /** Gifts make it lock the rows first, to see which of them are there: the order is the same. */
  async takeAll(_ctx, db, lines, gifts) {
    const units = added(lines)
    const left = gifts.length > 0 ? await lockedStock(db, added([...lines, ...gifts])) : new Map()
    const missed = gifts.filter(({ optionId, quantity }) => {
      const wanted = (units.get(optionId) ?? 0) + quantity
      if (wanted > (left.get(optionId) ?? 0)) return true
      units.set(optionId, wanted)
      return false
    })
    return (await changed(db, takeStatement(units))) === units.size ? missed : undefined
  },

  async giveBack(_ctx, db, { optionId, quantity }) {
    await changed(
      db,
      sql`update product_options set stock = stock + ${quantity} where id = ${optionId}`,
    )
  },
}
