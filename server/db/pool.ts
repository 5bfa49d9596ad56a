import { createPool, type Pool, type PoolConnection } from 'mysql2/promise'
import { withDeadline } from '../deadline.ts'
import { Problem } from '../errors.ts'
import type { Readings } from '../metrics/register.ts'
import { counter, gauge } from '../metrics/table.ts'
import type { StatementCounters } from './database.ts'
import { pinSession } from './session.ts'
import { openSocket } from './socket.ts'

export interface PoolLimits {
  connections: number
  /** Requests that may wait for a connection; more are refused at once. */
  queueLimit: number
  /** A lock that is not had by then fails its statement (InnoDB's own default is 50 s). */
  lockWaitTimeoutSeconds: number
  /** Cap on any single statement, which the server keeps. */
  statementTimeoutSeconds: number
  /** A connection is given up when a statement has no answer for so long: more than its cap. */
  answerTimeoutMs: number
  /** The server refuses every write of these connections. */
  isReadOnly?: true
}

export const defaultLimits: PoolLimits = {
  connections: 16,
  queueLimit: 512,
  lockWaitTimeoutSeconds: 3,
  statementTimeoutSeconds: 10,
  answerTimeoutMs: 15_000,
}

/** A connection is had within this time or not at all; mysql2 itself would wait for ever. */
const acquireTimeoutMs = 2000

export interface PoolCounters extends StatementCounters {
  /** Borrowers that found no free connection, and those that gave up. */
  waits: number
  timeouts: number
  /** Time that borrowers spent waiting, milliseconds. */
  waitMs: number
  /** Time that connections were lent out, milliseconds. */
  heldMs: number
  inUse: number
}

export const idleCounters = (): PoolCounters => ({
  ...{ waits: 0, timeouts: 0, waitMs: 0, heldMs: 0, inUse: 0 },
  ...{ statements: 0, roundTrips: 0, transactions: 0 },
})

export const poolMetrics = {
  stampede_pool_connections_in_use: gauge('Database connections lent out now.'),
  stampede_pool_connections_limit: gauge('Database connections that the pool may open.'),
  stampede_pool_waits_total: counter('Borrowers that found no connection free.'),
  stampede_pool_timeouts_total: counter('Borrowers that gave up waiting.'),
  stampede_pool_wait_seconds_total: counter('Time spent waiting for a connection.'),
}

export const poolReadings = ({
  counters,
  limits,
}: Pick<BorrowingPool, 'counters' | 'limits'>): Readings<typeof poolMetrics> => ({
  stampede_pool_connections_in_use: () => counters.inUse,
  stampede_pool_connections_limit: () => limits.connections,
  stampede_pool_waits_total: () => counters.waits,
  stampede_pool_timeouts_total: () => counters.timeouts,
  stampede_pool_wait_seconds_total: () => counters.waitMs / 1000,
})

export interface BorrowingPool {
  pool: Pool
  counters: PoolCounters
  limits: PoolLimits
  /** @throws Problem `pool-exhausted` after the deadline, `database-unavailable` when it is down */
  borrow(): Promise<PoolConnection>
  close(): Promise<void>
}

/**
 * Opens a pool with bounded waiting on a database.
 * @param url mysql://user@host:port/schema
 */
export function openPool(url: string, limits: PoolLimits = defaultLimits): BorrowingPool {
  const pool = createPool({
    uri: url,
    connectionLimit: limits.connections,
    maxIdle: limits.connections,
    queueLimit: limits.queueLimit,
    supportBigNumbers: true,
    bigNumberStrings: true,
    timezone: 'Z',
    // What belongs together is sent together; values are escaped, never put into the text.
    multipleStatements: true,
    // A stack captured for every statement is a tenth of the server's processor time.
    trace: false,
    connectTimeout: acquireTimeoutMs,
    stream: ({ config }: { config: { host: string; port: number } }) =>
      openSocket(config.host, config.port, limits.answerTimeoutMs),
  })
  pool.pool.on('connection', (connection) => pinSession(connection, limits))
  const counters = idleCounters()
  pool.on('enqueue', () => {
    counters.waits += 1
  })
  return {
    pool,
    counters,
    limits,
    borrow: () => borrow(pool, counters),
    close: () => pool.end(),
  }
}

async function borrow(pool: Pool, counters: PoolCounters): Promise<PoolConnection> {
  const startedMs = performance.now()
  const pending = pool.getConnection()
  try {
    const connection = await withDeadline(pending, acquireTimeoutMs, () => {
      releaseLate(pending)
      counters.timeouts += 1
      throw new Problem('pool-exhausted')
    })
    counters.inUse += 1
    return connection
  } catch (error) {
    throw asBorrowProblem(error, counters)
  } finally {
    counters.waitMs += performance.now() - startedMs
  }
}

function releaseLate(pending: Promise<PoolConnection>): void {
  pending.then(
    (connection) => connection.release(),
    () => {},
  )
}

function asBorrowProblem(error: unknown, counters: PoolCounters): Problem {
  if (error instanceof Problem) return error
  if (error instanceof Error && error.message.startsWith('Queue limit reached')) {
    counters.timeouts += 1
    return new Problem('pool-exhausted', { cause: error })
  }
  return new Problem('database-unavailable', { cause: error })
}
