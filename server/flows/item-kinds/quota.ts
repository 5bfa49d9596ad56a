import { sql } from 'drizzle-orm'
import type { Database } from '../../db/connections.ts'
import { holdRow } from '../../designs/stock/held-rows.ts'
import type { StockLine } from '../../designs/stock/stock.ts'
import { Problem } from '../../errors.ts'

/**
 * in: option, pieces · out: nothing · closes: two customers who each see the last of the quota, by
 * a condition that is looked at on the locked row.
 * @throws Problem `sold-out`
 */
export async function takeQuota(db: Database, { optionId, quantity }: StockLine): Promise<void> {
  holdRow(db, optionId)
  const taken = await db.change(sql`
    update product_options set quota_taken = quota_taken + ${quantity}
    where id = ${optionId} and quota_taken + ${quantity} <= quota`)
  if (taken === 1) return
  throw new Problem('sold-out', { detail: `The quota of option ${optionId} is used up` })
}

export async function giveQuotaBack(
  db: Database,
  { optionId, quantity }: StockLine,
): Promise<void> {
  await db.change(sql`
    update product_options set quota_taken = quota_taken - ${quantity} where id = ${optionId}`)
}
