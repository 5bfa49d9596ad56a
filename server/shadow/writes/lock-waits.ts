import { type SQL, sql } from 'drizzle-orm'
import type { Connections } from '../../db/connections.ts'
import { engineOf } from '../../db/engine.ts'

/** Rows of transactions that wait (`waiter`) for the locks of others (`blocker`). */
type LockWaitTable = SQL

const tables = {
  mariadb: sql`(select requesting_trx_id as waiter, blocking_trx_id as blocker
    from information_schema.innodb_lock_waits)`,
  mysql: sql`(select requesting_engine_transaction_id as waiter,
      blocking_engine_transaction_id as blocker
    from performance_schema.data_lock_waits)`,
}

/**
 * InnoDB refreshes its tables of transactions only where no reader has come for 100 ms: one that
 * asks more often is shown the same rows for as long as it goes on.
 */
const apartMs = 150

/**
 * Looks at lock waits; the server's table of them is looked for once, by the first call.
 * @returns asks how many transactions wait for the locks of a session of the server; undefined =
 * not known: the account may not read the table, MySQL keeps none, since its performance schema is
 * off, or the last look is less than 150 ms ago
 */
export function lockWaits(
  db: Connections,
): () => Promise<(session: number) => Promise<number | undefined>> {
  let found: Promise<LockWaitTable | undefined> | undefined
  let nextMs = 0
  return async () => {
    found ??= findTable(db)
    const table = await found
    return async (session) => {
      if (!table || performance.now() < nextMs) return undefined
      const waiters = await waitersFor(db, table, session)
      nextMs = performance.now() + apartMs
      return waiters
    }
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

async function waitersFor(
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
