import type { SQL } from 'drizzle-orm'
import { drizzle, type MySql2Database } from 'drizzle-orm/mysql2'
import type { ResultSetHeader, RowDataPacket } from 'mysql2'
import type { PoolConnection } from 'mysql2/promise'
import { Problem } from '../errors.ts'
import { logError } from '../log.ts'
import {
  asProblem,
  contentionOf,
  isAnswerLost,
  isConnectionLost,
  isRolledBackCommit,
} from './failures.ts'
import { type BorrowingPool, openPool, type PoolCounters, type PoolLimits } from './pool.ts'
import type { SqlTally } from './sql-tally.ts'
import { statementName } from './statement-name.ts'

/** SQL on one borrowed connection: inside or outside a transaction, as its provider decides. */
export class Database {
  readonly #drizzle: MySql2Database
  /** A write changed rows, or had no answer; of what commits by itself, it stands. */
  mayHaveWritten = false
  /** Of the request that has the connection, where it is counted. */
  tally: SqlTally | undefined

  constructor(client: PoolConnection) {
    this.#drizzle = drizzle({ client })
  }

  /** Reads rows; numbers above 2^53 and all BIGINT come back as strings. */
  async rows<Row extends object>(query: SQL): Promise<Row[]> {
    const [rows] = (await this.#execute(query)) as [RowDataPacket[]]
    return rows as Row[]
  }

  /** Runs a statement. @returns how many rows it changed */
  async change(statement: SQL): Promise<number> {
    return (await this.#run(statement)).affectedRows
  }

  /** Inserts into a table with AUTO_INCREMENT. @returns the id of the (first) row */
  async insert(statement: SQL): Promise<number> {
    return (await this.#run(statement)).insertId
  }

  async #execute(statement: SQL): Promise<unknown> {
    const { tally } = this
    if (!tally) return await this.#drizzle.execute(statement)
    const startedMs = performance.now()
    try {
      return await this.#drizzle.execute(statement)
    } finally {
      tally.ran(statementName(statement), performance.now() - startedMs)
    }
  }

  async #run(statement: SQL): Promise<ResultSetHeader> {
    try {
      const [result] = (await this.#execute(statement)) as [ResultSetHeader]
      this.mayHaveWritten ||= result.affectedRows > 0
      return result
    } catch (error) {
      this.mayHaveWritten ||= isAnswerLost(error)
      throw error
    }
  }
}

/** Single statements, each on a borrowed connection, where it commits by itself. */
type SingleStatements = Pick<Database, 'rows' | 'change' | 'insert'>

export interface Connections extends SingleStatements {
  counters: PoolCounters
  limits: PoolLimits
  /** Units of work retried after lock contention, by its kind. */
  retries: Record<string, number>
  /**
   * Lends a connection for several statements, each of which commits by itself.
   * @throws Problem `commit-unknown` where the database fails after a write, or in it
   */
  use<T>(work: (db: Database) => Promise<T>): Promise<T>
  /**
   * Runs `work` in one transaction; after lock contention the whole of it is retried.
   * @param isolation as the servers' default (REPEATABLE READ), unless another is asked for
   */
  transaction<T>(work: (db: Database) => Promise<T>, isolation?: Isolation): Promise<T>
  close(): Promise<void>
}

/** `read committed` locks rows and no gaps between them. */
export type Isolation = 'read committed'

/** How a transaction ended; `unknown` = its COMMIT had no clear answer. */
export type Ending = 'committed' | 'rolled-back' | 'unknown'

const listeners = new WeakMap<Database, ((ending: Ending) => void)[]>()

/**
 * Calls the listener with how the transaction open on `db` ends, in the order of asking, before
 * its connection is lent to anybody else. What it throws is logged: the transaction has ended.
 * @throws Error where no transaction is open
 */
export function onEnd(db: Database, listener: (ending: Ending) => void): void {
  const list = listeners.get(db)
  if (!list) throw new Error('no transaction is open on this connection')
  list.push(listener)
}

function tellEnd(db: Database, ending: Ending): void {
  const list = listeners.get(db) ?? []
  listeners.delete(db)
  for (const listener of list) {
    try {
      listener(ending)
    } catch (error) {
      logError('after a transaction', error)
    }
  }
}

/** Tries of one transaction, and the longest pause before the next (full jitter, doubling). */
const attemptsMax = 3
const backoffMsMax = 40

/** What `use` makes of single statements. */
export const singleStatements: SingleStatements & ThisType<Pick<Connections, 'use'>> = {
  rows<Row extends object>(query: SQL) {
    return this.use((db) => db.rows<Row>(query))
  },
  change(statement) {
    return this.use((db) => db.change(statement))
  },
  insert(statement) {
    return this.use((db) => db.insert(statement))
  },
}

/**
 * Connections to one schema.
 * @param url mysql://user@host:port/schema
 */
export function connect(url: string, limits?: PoolLimits): Connections {
  const pool = openPool(url, limits)
  const retries: Record<string, number> = {}
  return {
    counters: pool.counters,
    limits: pool.limits,
    retries,
    ...singleStatements,
    use: (work) => lend(pool, (db) => singly(db, work)),
    transaction: (work, isolation) =>
      retrying(retries, () => lend(pool, (db, c) => unit(c, db, work, isolation))),
    close: pool.close,
  }
}

const databases = new WeakMap<PoolConnection, Database>()

function databaseOn(connection: PoolConnection): Database {
  let db = databases.get(connection)
  if (!db) {
    db = new Database(connection)
    databases.set(connection, db)
  }
  return db
}

async function lend<T>(
  pool: BorrowingPool,
  work: (db: Database, connection: PoolConnection) => Promise<T>,
): Promise<T> {
  const connection = await pool.borrow()
  const lentAtMs = performance.now()
  let broken = false
  try {
    return await work(databaseOn(connection), connection)
  } catch (error) {
    broken = isConnectionLost(error) || error instanceof BrokenConnection
    throw error instanceof BrokenConnection ? error.first : asProblem(error)
  } finally {
    pool.counters.inUse -= 1
    pool.counters.heldMs += performance.now() - lentAtMs
    if (broken) connection.destroy()
    else connection.release()
  }
}

/** A failure of the database is definite only as long as nothing was written. */
async function singly<T>(db: Database, work: (db: Database) => Promise<T>): Promise<T> {
  db.mayHaveWritten = false
  try {
    return await work(db)
  } catch (cause) {
    if (db.mayHaveWritten && asProblem(cause) !== cause) {
      throw new Problem('commit-unknown', { cause })
    }
    throw cause
  }
}

/** Carries the first error out of a transaction whose rollback failed too. */
class BrokenConnection extends Error {
  constructor(readonly first: unknown) {
    super('rollback failed')
  }
}

/**
 * One transaction. Drizzle's own helper leaks the connection when BEGIN fails and hides the first
 * error when ROLLBACK does. A COMMIT without a clear answer leaves the outcome unknown.
 */
async function unit<T>(
  connection: PoolConnection,
  db: Database,
  work: (db: Database) => Promise<T>,
  isolation: Isolation | undefined,
): Promise<T> {
  // For the next transaction only.
  if (isolation) await connection.query(`SET TRANSACTION ISOLATION LEVEL ${isolation}`)
  await connection.query('START TRANSACTION')
  listeners.set(db, [])
  let ending: Ending = 'rolled-back'
  try {
    const result = await attempt(connection, () => work(db))
    ending = 'unknown'
    await connection.query('COMMIT')
    ending = 'committed'
    return result
  } catch (error) {
    if (ending === 'rolled-back') throw error
    if (!isRolledBackCommit(error)) {
      throw new BrokenConnection(new Problem('commit-unknown', { cause: error }))
    }
    ending = 'rolled-back'
    await rollback(connection, error)
    throw error
  } finally {
    tellEnd(db, ending)
  }
}

async function attempt<T>(connection: PoolConnection, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    await rollback(connection, error)
    throw error
  }
}

async function rollback(connection: PoolConnection, first: unknown): Promise<void> {
  try {
    await connection.query('ROLLBACK')
  } catch {
    throw new BrokenConnection(asProblem(first))
  }
}

async function retrying<T>(retries: Record<string, number>, run: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run()
    } catch (error) {
      const contention = contentionOf(error)
      if (!contention || attempt === attemptsMax) throw error
      retries[contention] = (retries[contention] ?? 0) + 1
      await Bun.sleep(Math.random() * backoffMsMax * 2 ** (attempt - 1))
    }
  }
}
