import { sql } from 'drizzle-orm'
import type { Database } from '../db/connections.ts'
import { momentFromNow } from '../db/statements.ts'
import type { FlowCtx } from '../designs/flow-ctx.ts'
import { Problem } from '../errors.ts'
import { changeBalance } from './balance.ts'
import type { User } from './shapes.ts'

/** @throws Problem `not-found` */
export async function readUser(ctx: FlowCtx, id: string): Promise<User> {
  return await ctx.connections.use((db) => userOf(db, id))
}

async function userOf(db: Database, id: string): Promise<User> {
  const { balanceVersion, ...user } = await versionedUser(db, id)
  return user
}

async function versionedUser(db: Database, id: string): Promise<User & { balanceVersion: number }> {
  const [row] = await db.rows<{ id: string; name: string; balance: string; version: number }>(sql`
    select id, name, balance_minor as balance, version from users where id = ${id}`)
  if (!row) throw new Problem('not-found', { field: 'id' })
  const { name, balance, version } = row
  return { id: row.id, name, balanceMinor: Number(balance), balanceVersion: version }
}

/**
 * Adds to a balance; the entry's reference, of user and key, makes one key count once.
 * @throws Problem `not-found`, `balance-conflict` where it was changed meanwhile,
 * `idempotency-key-reused` where another amount was added under the key
 */
export async function chargeBalance(
  ctx: FlowCtx,
  id: string,
  amountMinor: number,
  idempotencyKey: string,
): Promise<User> {
  const { balanceVersion } = await ctx.connections.use((db) => versionedUser(db, id))
  const reference = `charge-${id}-${idempotencyKey}`
  return await ctx.connections.transaction(async (db) => {
    const entered = await db.change(sql`
      insert ignore into balance_entries (reference, user_id, amount_minor, created_at)
      values (${reference}, ${id}, ${amountMinor}, ${momentFromNow()})`)
    if (entered === 1) changeBalance(db, { userId: id, balanceVersion, amountMinor })
    else await assertAdded(db, reference, amountMinor)
    return await userOf(db, id)
  })
}

async function assertAdded(db: Database, reference: string, amountMinor: number): Promise<void> {
  const same = await db.rows(sql`select 1 from balance_entries
      where reference = ${reference} and amount_minor = ${amountMinor}`)
  if (same.length === 0) throw new Problem('idempotency-key-reused')
}
