import { type SQL, sql } from 'drizzle-orm'
import { testEngine } from './engine.ts'

type Query = <Row extends object>(statement: SQL) => Promise<Row[]>

interface Statement {
  id: string
  info: string
}

/**
 * The waits for row locks in the schema, as they are at this moment: a name for each, the same as
 * long as it lasts. `information_schema.innodb_trx` would not do: it is refreshed only where no
 * reader has come for 100 ms, so two tests that poll it keep each other from seeing changes.
 */
export async function lockWaitsNow(query: Query): Promise<string[]> {
  const running = await query<Statement>(sql`
    select id, info from information_schema.processlist
    where db = database() and info is not null and id <> connection_id()`)
  if (running.length === 0) return []
  return testEngine === 'mariadb' ? inStatus(query, running) : counted(query, running)
}

async function inStatus(query: Query, running: Statement[]): Promise<string[]> {
  const sessions = new Set(running.map(({ id }) => String(id)))
  const [status] = await query<{ Status: string }>(sql`show engine innodb status`)
  return (status?.Status ?? '').split('\n---TRANSACTION ').flatMap((text) => {
    const session = /^MariaDB thread id (\d+)/m.exec(text)?.[1] ?? ''
    const isWaiting = sessions.has(session) && /^LOCK WAIT /m.test(text)
    return isWaiting ? text.slice(0, text.indexOf(',')) : []
  })
}

/** MySQL’s status leaves out transactions that have only read, but the server counts waits. */
async function counted(query: Query, running: Statement[]): Promise<string[]> {
  const [waits] = await query<{ Value: string }>(
    sql`show global status like 'Innodb_row_lock_current_waits'`,
  )
  return Number(waits?.Value) > 0 ? running.map(({ id, info }) => `${id} ${info}`) : []
}

/** Whether the server has a table of lock waits: MySQL only with its performance schema. */
export async function showsLockWaits(query: Query): Promise<boolean> {
  const [own] = await query<{ isOn: number }>(sql`select @@performance_schema as isOn`)
  return testEngine === 'mariadb' || Number(own?.isOn) === 1
}
