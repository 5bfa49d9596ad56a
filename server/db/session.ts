import type { Socket } from 'node:net'
import { sql } from 'drizzle-orm'
import type { Connection } from 'mysql2'
import { Problem } from '../errors.ts'
import { logError } from '../log.ts'
import type { Connections } from './connections.ts'
import type { PoolLimits } from './pool.ts'
import { listOf } from './statements.ts'

const isolation = 'REPEATABLE-READ'
/** Its name before MariaDB 11.1. */
const isolationBefore = 'tx_isolation'

/**
 * What every session has whatever the server's own defaults are, so that designs are compared, and
 * their locks hold, under the same rules: gaps are locked, a row that changed since the snapshot is
 * no error, and a backslash escapes, as the driver takes it to.
 */
export const pinned = {
  time_zone: '+00:00',
  sql_mode: 'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION',
  transaction_isolation: isolation,
  innodb_snapshot_isolation: 'OFF',
} as const

type Limits = Pick<PoolLimits, 'lockWaitTimeoutSeconds' | 'statementTimeoutSeconds' | 'isReadOnly'>

/**
 * Sends the session's settings before its first statement: the driver keeps the order. A session
 * that does not take those which both servers know is ended.
 */
export function pinSession(connection: Connection, limits: Limits): void {
  const { time_zone, sql_mode } = pinned
  const seconds = limits.statementTimeoutSeconds
  const needed = [
    `SET time_zone = '${time_zone}', sql_mode = '${sql_mode}',
      innodb_lock_wait_timeout = ${limits.lockWaitTimeoutSeconds}`,
    'SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ',
    ...(limits.isReadOnly ? ['SET SESSION TRANSACTION READ ONLY'] : []),
  ]
  // Each of these is known to some servers only.
  const known = [
    `SET innodb_snapshot_isolation = ${pinned.innodb_snapshot_isolation}`,
    `SET max_statement_time = ${seconds}`,
    `SET max_execution_time = ${seconds * 1000}`,
    // MariaDB would make a subquery of a long list, which locks in another order.
    'SET in_predicate_conversion_threshold = 0',
  ]
  for (const statement of needed) {
    connection.query(statement, (error) => {
      if (!error || error.fatal) return
      logError('a session of the database cannot be set up', error)
      // The driver's own `destroy` would leave what waits behind this without an answer.
      socketOf(connection).destroy(error)
    })
  }
  for (const statement of known) connection.query(statement, () => {})
}

/** The driver has it, its types do not. */
const socketOf = (connection: Connection) => (connection as unknown as { stream: Socket }).stream

/** `skip locked` needs these. */
const versionsMin = { MariaDB: [10, 6], MySQL: [8, 0] } as const

/** Why a server cannot be used; undefined where it can. @param version as the server prints it */
export function tooOld(version: string): string | undefined {
  const name = /mariadb/i.test(version) ? 'MariaDB' : 'MySQL'
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10))
  const [majorMin, minorMin] = versionsMin[name]
  if (major > majorMin || (major === majorMin && minor >= minorMin)) return undefined
  return `${name} ${version} is too old: ${majorMin}.${minorMin} is needed`
}

/**
 * Refuses a database on which designs would not do what they are tested for. One that does not
 * answer yet is not judged: its sessions are set up when it does.
 * @throws Error naming the version, or every setting that its sessions do not take
 */
export async function refuseUnfit(connections: Connections): Promise<void> {
  const names = listOf(['version', ...Object.keys(pinned), isolationBefore])
  const shown = await connections
    .rows<{ Variable_name: string; Value: string }>(
      sql`show variables where variable_name in (${names})`,
    )
    .catch((error: unknown) => {
      if (error instanceof Problem) return []
      throw error
    })
  const wanted = new Map<string, string>(
    Object.entries({ ...pinned, [isolationBefore]: isolation }),
  )
  const flaws = shown.flatMap(({ Variable_name: name, Value: value }) => {
    if (name === 'version') return tooOld(value) ?? []
    const right = wanted.get(name) ?? value
    return sorted(value) === sorted(right) ? [] : [`${name} is ${value}, not ${right}`]
  })
  if (flaws.length > 0) throw new Error(`this database cannot be used: ${flaws.join('; ')}`)
}

const sorted = (list: string) => list.split(',').toSorted().join()
