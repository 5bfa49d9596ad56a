import { sql } from 'drizzle-orm'
import type { Ctx } from '../ctx.ts'
import type { Database } from '../db/connections.ts'
import { changed, rowsOf } from '../db/statements.ts'
import { Problem } from '../errors.ts'

export interface User {
  id: string
  name: string
  balanceMinor: number
}

/** @throws Problem `not-found` */
export async function readUser(ctx: Ctx, id: string): Promise<User> {
  return await ctx.connections.use((db) => userOf(db, id))
}

async function userOf(db: Database, id: string): Promise<User> {
  const [row] = await rowsOf<{ id: string; name: string; balanceMinor: string }>(
    db,
    sql`select id, name, balance_minor as balanceMinor from users where id = ${id}`,
  )
  if (!row) throw new Problem('not-found', { field: 'id' })
  return { ...row, balanceMinor: Number(row.balanceMinor) }
}

/**
 * Adds to a balance; the entry's reference makes one key count once.
 * @throws Problem `not-found`
 */
export async function chargeBalance(
  ctx: Ctx,
  id: string,
  amountMinor: number,
  idempotencyKey: string,
): Promise<User> {
  return await ctx.connections.transaction(async (db) => {
    const entered = await changed(
      db,
      sql`insert ignore into balance_entries (reference, user_id, amount_minor, created_at)
          values (${`charge-${idempotencyKey}`}, ${id}, ${amountMinor}, ${new Date()})`,
    )
    if (entered === 1) {
      await changed(
        db,
        sql`update users set balance_minor = balance_minor + ${amountMinor} where id = ${id}`,
      )
    }
    return await userOf(db, id)
  })
}
