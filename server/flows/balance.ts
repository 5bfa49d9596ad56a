import { sql } from 'drizzle-orm'
import type { Database } from '../db/connections.ts'
import { Problem } from '../errors.ts'

export interface BalanceChange {
  userId: string
  /** As it was read when the flow began. */
  balanceVersion: number
  /** What is added; less than 0 takes it away. */
  amountMinor: number
}

/**
 * Changes a balance that has not changed since it was read; sent with what comes next.
 * in: version, amount · out: the balance and its next version · closes: two changes that rest on
 * one reading, by the condition on the locked row; the first wins and the other is not retried.
 * The refusal is kept under its key: a repeat that comes late must not pay after a definite no.
 * Refused it ends the transaction: Problem `insufficient-balance`, `balance-conflict`.
 */
export function changeBalance(db: Database, change: BalanceChange): void {
  const { userId, balanceVersion, amountMinor } = change
  const written = sql`
    update users set balance_minor = balance_minor + ${amountMinor}, version = version + 1
    where id = ${userId} and version = ${balanceVersion}
      and balance_minor + ${amountMinor} >= 0`
  db.later(written, {
    async judge(changed) {
      if (changed !== 1) throw await refusalOf(db, change)
    },
  })
}

async function refusalOf(db: Database, { userId, amountMinor }: BalanceChange): Promise<Problem> {
  const [row] = await db.rows<{ balanceMinor: string }>(sql`
    select balance_minor as balanceMinor from users where id = ${userId} for update`)
  const isTooLow = Number(row?.balanceMinor ?? 0) + amountMinor < 0
  return new Problem(isTooLow ? 'insufficient-balance' : 'balance-conflict')
}
