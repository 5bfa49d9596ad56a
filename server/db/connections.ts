import type { SQL } from 'drizzle-orm'
import type { Connection } from 'mysql2'
import type { PoolConnection } from 'mysql2/promise'
import { Problem } from '../errors.ts'
import { CommitFailed, Database, type StatementFaults } from './database.ts'
import { asProblem, contentionOf, isConnectionLost, isRolledBackCommit } from './failures.ts'
import { type BorrowingPool, openPool, type PoolCounters, type PoolLimits } from './pool.ts'
import { type SharedRead, SharedReads } from './shared-reads.ts'
import { openSharedTally, type SharedTally } from './shared-tally.ts'
import { beginListening, type Ending, tellEnd } from './transaction-end.ts'

export type { Database, StatementFaults } from './database.ts'
export { type Ending, onEnd } from './transaction-end.ts'

/** Single statements, each on a borrowed connection, where it commits by itself. */
type SingleStatements = Pick<Database, 'rows' | 'change' | 'insert'>

export interface Connections extends SingleStatements {
  counters: PoolCounters
  limits: PoolLimits
  /** Units of work retried after lock contention, by its kind. */
  retries: Record<string, number>
  /** How many requests share one statement. */
  shared: SharedTally
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
  /** Reads on a connection and with a query that others who wait at the same time share. */
  readShared<Asked, Found>(read: SharedRead<Asked, Found>, asked: Asked): Promise<Found>
  close(): Promise<void>
}

/** `read committed` locks rows and no gaps between them. */
export type Isolation = 'read committed'

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
 * @param faults what may disturb their statements; nothing when absent
 */
export function connect(url: string, limits?: PoolLimits, faults?: StatementFaults): Connections {
  const pool = openPool(url, limits)
  const retries: Record<string, number> = {}
  const use: Connections['use'] = (work) => lend(pool, faults, (db) => singly(db, work))
  const shared = openSharedTally()
  const reads = new SharedReads(use, shared.reads)
  return {
    counters: pool.counters,
    limits: pool.limits,
    retries,
    shared,
    ...singleStatements,
    use,
    readShared: (read, asked) => reads.read(read, asked),
    transaction: (work, isolation) =>
      retrying(retries, () => lend(pool, faults, (db) => unit(db, work, isolation))),
    close: pool.close,
  }
}

const databases = new WeakMap<Connection, Database>()

/** By the driver's own connection: what its pool lends is a new wrapper of it each time. */
function databaseOn(
  lent: PoolConnection,
  counters: PoolCounters,
  faults: StatementFaults | undefined,
): Database {
  // Its types take it for another wrapper.
  const connection = lent.connection as unknown as Connection
  let db = databases.get(connection)
  if (!db) {
    db = new Database(connection, counters, faults)
    databases.set(connection, db)
  }
  return db
}

async function lend<T>(
  pool: BorrowingPool,
  faults: StatementFaults | undefined,
  work: (db: Database) => Promise<T>,
): Promise<T> {
  const connection = await pool.borrow()
  const lentAtMs = performance.now()
  let broken = false
  try {
    return await work(databaseOn(connection, pool.counters, faults))
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

/** One transaction. A COMMIT without a clear answer leaves the outcome unknown. */
async function unit<T>(
  db: Database,
  work: (db: Database) => Promise<T>,
  isolation: Isolation | undefined,
): Promise<T> {
  // For the next transaction only.
  const first = isolation ? [`SET TRANSACTION ISOLATION LEVEL ${isolation}`] : []
  db.begin([...first, 'START TRANSACTION'])
  beginListening(db)
  let ending: Ending = 'rolled-back'
  try {
    const result = await work(db)
    await db.commit()
    ending = 'committed'
    return result
  } catch (error) {
    const first = error instanceof CommitFailed ? error.cause : error
    if (error instanceof CommitFailed && !isRolledBackCommit(first)) {
      ending = 'unknown'
      throw new BrokenConnection(new Problem('commit-unknown', { cause: first }))
    }
    await rollback(db, first)
    throw first
  } finally {
    tellEnd(db, ending)
  }
}

async function rollback(db: Database, first: unknown): Promise<void> {
  try {
    await db.rollback()
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
