import { sql } from 'drizzle-orm'
import type { Database } from '../../db/connections.ts'
import { Problem } from '../../errors.ts'
import type { Claim, ItemKind } from './kind.ts'
import { giveQuotaBack, takeQuota } from './quota.ts'

/** So many pieces of a promotion may one customer have, in all live orders together. */
export const piecesPerCustomerMax = 10

/** From stock, within a quota, and a few pieces a customer. */
export const promotion: ItemKind = {
  units: (quantity) => quantity,

  async take(db, claim) {
    await takeQuota(db, claim)
    await takeShare(db, claim)
  },

  async undo(db, claim) {
    await giveQuotaBack(db, claim)
    const { optionId, userId, quantity } = claim
    await db.change(sql`update promotion_claims set quantity = quantity - ${quantity}
        where option_id = ${optionId} and user_id = ${userId}`)
  },
}

/**
 * in: claim · out: nothing · closes: two orders of one customer that each see room for themselves,
 * since the row is locked by the write before it is read. It is never deleted: a missing row would
 * lock a gap, in which other customers wait for each other.
 */
async function takeShare(db: Database, { optionId, userId, quantity }: Claim): Promise<void> {
  await db.change(sql`insert into promotion_claims (option_id, user_id, quantity)
      values (${optionId}, ${userId}, ${quantity})
      on duplicate key update quantity = quantity + ${quantity}`)
  const [row] = await db.rows<{ quantity: number }>(sql`select quantity from promotion_claims
      where option_id = ${optionId} and user_id = ${userId} for update`)
  if ((row?.quantity ?? 0) > piecesPerCustomerMax) {
    const detail = `Option ${optionId} is for ${piecesPerCustomerMax} pieces a customer`
    throw new Problem('sold-out', { detail })
  }
}
