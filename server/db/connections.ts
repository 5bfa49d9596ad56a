import { drizzle, type MySql2Database } from 'drizzle-orm/mysql2'
import type { PoolConnection } from 'mysql2/promise'
import { Problem } from '../errors.ts'
import { asProblem, contentionOf, isConnectionLost } from './failures.ts'
import { type BorrowingPool, openPool, type PoolCounters, type PoolLimits } from './pool.ts'

/** Drizzle on one borrowed connection: inside or outside a transaction, as its giver says. */
export type Database = MySql2Database

export interface Connections {
  counters: PoolCounters
  limits: PoolLimits
  /** Units of work tried again after lock trouble, by its name. */
  retries: Record<string, number>
  /** Lends a connection for single statements, each of which commits by itself. */
  use<T>(work: (db: Database) => Promise<T>): Promise<T>
  /** Runs `work` in one transaction; after lock trouble the whole of it is tried again. */
  transaction<T>(work: (db: Database) => Promise<T>): Promise<T>
  close(): Promise<void>
}

/** Tries of one transaction, and the longest pause before the next (full jitter, doubling). */
const attemptsMax = 3
const backoffMsMax = 40

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
    use: (work) => lend(pool, (db) => work(db)),
    transaction: (work) => retrying(retries, () => lend(pool, (db, c) => unit(c, db, work))),
    close: pool.close,
  }
}

const drizzles = new WeakMap<PoolConnection, Database>()

function drizzleOn(connection: PoolConnection): Database {
  let db = drizzles.get(connection)
  if (!db) {
    db = drizzle({ client: connection })
    drizzles.set(connection, db)
  }
  return db
}

async function lend<T>(
  pool: BorrowingPool,
  work: (db: Database, connection: PoolConnection) => Promise<T>,
): Promise<T> {
  const connection = await pool.borrow()
  let broken = false
  try {
    return await work(drizzleOn(connection), connection)
  } catch (error) {
    broken = isConnectionLost(error) || error instanceof BrokenConnection
    throw error instanceof BrokenConnection ? error.first : asProblem(error)
  } finally {
    pool.counters.inUse -= 1
    if (broken) connection.destroy()
    else connection.release()
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
 * error when ROLLBACK does. A lost connection during COMMIT leaves the outcome unknown.
 */
async function unit<T>(
  connection: PoolConnection,
  db: Database,
  work: (db: Database) => Promise<T>,
): Promise<T> {
  await connection.query('START TRANSACTION')
  let result: T
  try {
    result = await work(db)
  } catch (error) {
    await rollback(connection, error)
    throw error
  }
  try {
    await connection.query('COMMIT')
  } catch (error) {
    throw new BrokenConnection(new Problem('commit-unknown', { cause: error }))
  }
  return result
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
      const trouble = contentionOf(error)
      if (!trouble || attempt === attemptsMax) throw error
      retries[trouble] = (retries[trouble] ?? 0) + 1
      await Bun.sleep(Math.random() * backoffMsMax * 2 ** (attempt - 1))
    }
  }
}
