import { type SQL, sql } from 'drizzle-orm'
import type { Connections } from '../../db/connections.ts'
import { engineOf } from '../../db/engine.ts'

/** Rows of transactions that wait (`waiter`) for the locks of others (`blocker`). */
export type LockWaitTable = SQL

const tables = {
  mariadb: sql`(select requesting_trx_id as waiter, blocking_trx_id as blocker
    from information_schema.innodb_lock_waits)`,
  mysql: sql`(select requesting_engine_transaction_id as waiter,
      blocking_engine_transaction_id as blocker
    from performance_schema.data_lock_waits)`,
}

/**
 * The server's table of lock waits, looked for once.
 * @returns asks for it; undefined = the account may not read it, or MySQL keeps none, since its
 * performance schema is off
 */
export function lockWaitTable(db: Connections): () => Promise<LockWaitTable | undefined> {
  let found: Promise<LockWaitTable | undefined> | undefined
  return () => {
    found ??= findTable(db)
    return found
  }
}

async function findTable(db: Connections): Promise<LockWaitTable | undefined> {
  const [server] = await db.rows<{ version: string; isWatched: number }>(
    sql`select version() as version, @@performance_schema as isWatched`,
  )
  const engine = engineOf(server?.version ?? '')
  const table = tables[engine]
  // The table is there without it, and has no rows.
  if (engine === 'mysql' && Number(server?.isWatched) !== 1) return undefined
  try {
    await waitersFor(db, table, 0)
    return table
  } catch {
    return undefined
  }
}

/** How many transactions wait for the locks of a session. */
export async function waitersFor(
  db: Pick<Connections, 'rows'>,
  table: LockWaitTable,
  session: number,
): Promise<number> {
  const [row] = await db.rows<{ waiters: number }>(sql`
    select count(distinct waits.waiter) as waiters from ${table} waits
    join information_schema.innodb_trx blocking on blocking.trx_id = waits.blocker
    where blocking.trx_mysql_thread_id = ${session}`)
  return Number(row?.waiters ?? 0)
}
