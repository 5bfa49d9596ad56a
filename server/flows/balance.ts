import { sql } from 'drizzle-orm'
import type { Database } from '../db/connections.ts'
import { idList, numberById } from '../db/statements.ts'
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

/**
 * The same for balances of different users, in one statement.
 * @throws what `otherwise` makes, once the write is sent, where one of them is refused
 */
export function changeBalances(
  db: Database,
  changes: readonly BalanceChange[],
  otherwise: () => Error,
): void {
  const amounts = numberById(new Map(changes.map((one) => [one.userId, one.amountMinor])))
  const versions = numberById(new Map(changes.map((one) => [one.userId, one.balanceVersion])))
  const written = sql`
    update users force index (primary)
    set balance_minor = balance_minor + ${amounts}, version = version + 1
    where id in (${idList(changes.map(({ userId }) => userId))}) and version = ${versions}
      and balance_minor + ${amounts} >= 0`
  db.later(written, {
    judge(changed) {
      if (changed !== changes.length) throw otherwise()
    },
  })
}

/** Why each change would be refused now; undefined = it would not. The rows stay locked. */
export async function balanceRefusals(
  db: Database,
  changes: readonly BalanceChange[],
): Promise<(Problem | undefined)[]> {
  const rows = await db.rows<{ id: string; version: number; balanceMinor: string }>(sql`
    select id, version, balance_minor as balanceMinor from users force index (primary)
    where id in (${idList(changes.map(({ userId }) => userId))}) for update`)
  const rowOf = new Map(rows.map((row) => [String(row.id), row]))
  return changes.map(({ userId, balanceVersion, amountMinor }) => {
    const row = rowOf.get(userId)
    if (Number(row?.balanceMinor ?? 0) + amountMinor < 0) return new Problem('insufficient-balance')
    const isSame = row !== undefined && Number(row.version) === balanceVersion
    return isSame ? undefined : new Problem('balance-conflict')
  })
}

async function refusalOf(db: Database, { userId, amountMinor }: BalanceChange): Promise<Problem> {
  const [row] = await db.rows<{ balanceMinor: string }>(sql`
    select balance_minor as balanceMinor from users where id = ${userId} for update`)
  const isTooLow = Number(row?.balanceMinor ?? 0) + amountMinor < 0
  return new Problem(isTooLow ? 'insufficient-balance' : 'balance-conflict')
}
