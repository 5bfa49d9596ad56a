import { type SQL, sql } from 'drizzle-orm'

type Query = <Row extends object>(statement: SQL) => Promise<Row[]>

export interface OpenTransaction {
  /** Number of its session, as the server's tables name it. */
  session: string
  /** For a row lock. */
  isWaiting: boolean
}

/**
 * Open transactions of the schema, as they are at this moment.
 *
 * `information_schema.innodb_trx` is refreshed only where no reader has come for 100 ms, so two
 * tests that poll it keep each other from seeing changes. The status of InnoDB is not cached.
 */
export async function openTransactions(query: Query): Promise<OpenTransaction[]> {
  const own = await query<{ id: string }>(
    sql`select id from information_schema.processlist where db = database()`,
  )
  const sessions = new Set(own.map(({ id }) => String(id)))
  const [status] = await query<{ Status: string }>(sql`show engine innodb status`)
  return (status?.Status ?? '').split('\n---TRANSACTION ').flatMap((text) => {
    const session = /^(?:MariaDB|MySQL) thread id (\d+)/m.exec(text)?.[1]
    if (session === undefined || !sessions.has(session)) return []
    return { session, isWaiting: /^LOCK WAIT /m.test(text) }
  })
}
