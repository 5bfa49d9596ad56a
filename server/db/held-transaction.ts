import { sql } from 'drizzle-orm'
import type { Connection } from 'mysql2'
import type { PoolConnection } from 'mysql2/promise'
import { withDeadline } from '../deadline.ts'
import { type Connections, singleStatements } from './connections.ts'
import { Database } from './database.ts'
import { asProblem, contentionOf } from './failures.ts'
import { type BorrowingPool, openPool, type PoolLimits } from './pool.ts'
import { openSharedTally } from './shared-tally.ts'
import { beginListening, tellEnd } from './transaction-end.ts'

/** Locks of a process that stands still are let go after so long without a statement. */
const idleSecondsMax = 2

/** The transaction was given up: it has held its locks for too long. */
export class HeldTooLong extends Error {}

/** One transaction that never commits, and what a flow needs to run in it. */
export interface HeldTransaction {
  /** Whatever the flow asks of them is a part of this transaction. */
  connections: Connections
  db: Database
  /** Number of its session, by which the server's tables name it. */
  session: number
  /** Undoes what the flow has written, and keeps its row locks. */
  undo(): Promise<void>
}

export interface HeldTransactions {
  /**
   * Runs `work` in one transaction, which is rolled back whatever comes of it.
   * in: statements that lock and write · out: its result; nothing is left of what it wrote ·
   * closes: a commit, since none is ever sent and the session commits nothing by itself; and locks
   * that are held without end: by `heldMsMax`, by the session's limits for a process that stands
   * still, and by the server where the connection ends · leaves open: customers wait for its row
   * locks meanwhile, and numbers of AUTO_INCREMENT are used up.
   * @throws HeldTooLong after `heldMsMax`
   */
  run<T>(work: (held: HeldTransaction) => Promise<T>, heldMsMax: number): Promise<T>
  close(): Promise<void>
}

/** @param url mysql://user@host:port/schema */
export function openHeldTransactions(url: string, limits: PoolLimits): HeldTransactions {
  const pool = openPool(url, limits)
  return {
    async run(work, heldMsMax) {
      const connection = await pool.borrow()
      try {
        const result = await rolledBack(pool, connection, work, heldMsMax)
        connection.release()
        return result
      } catch (error) {
        // No statement of a flow that still runs finds a way to the server any more.
        connection.destroy()
        throw asProblem(error)
      } finally {
        pool.counters.inUse -= 1
      }
    },
    close: pool.close,
  }
}

async function rolledBack<T>(
  pool: BorrowingPool,
  connection: PoolConnection,
  work: (held: HeldTransaction) => Promise<T>,
  heldMsMax: number,
): Promise<T> {
  // Its types take it for another wrapper.
  const db = new Database(connection.connection as unknown as Connection, pool.counters)
  // A savepoint before the engine is a part of the transaction would give its locks back.
  db.begin([
    `SET autocommit = 0, wait_timeout = ${idleSecondsMax}`,
    'START TRANSACTION WITH CONSISTENT SNAPSHOT',
  ])
  beginListening(db)
  try {
    const running = work(heldOn(db, pool, connection.threadId))
    const result = await withDeadline(running, heldMsMax, () => {
      running.catch(() => {})
      throw new HeldTooLong()
    })
    await db.rollback()
    await db.change(sql`set wait_timeout = default`)
    return result
  } finally {
    tellEnd(db, 'rolled-back')
  }
}

const begun = 'held_flow'

function heldOn(db: Database, pool: BorrowingPool, session: number): HeldTransaction {
  const use: Connections['use'] = async (work) => {
    try {
      return await work(db)
    } catch (error) {
      throw asProblem(error)
    }
  }
  const undone = sql.raw(`rollback to savepoint ${begun}`)
  let isBegun = false
  const connections: Connections = {
    ...{ counters: pool.counters, limits: pool.limits, retries: {}, shared: openSharedTally() },
    ...singleStatements,
    use,
    readShared: (read, asked) => use(async (own) => (await read.run(own, [asked]))[0] as never),
    transaction: (work) =>
      use(async () => {
        if (isBegun) throw new Error('a second transaction commits the first one: neither is held')
        isBegun = true
        await db.change(sql.raw(`savepoint ${begun}`))
        return await endedBy(db, work)
      }),
    close: async () => {},
  }
  return {
    ...{ connections, db, session },
    async undo() {
      if (isBegun) await db.change(undone)
    },
  }
}

/** As a transaction ends, without its COMMIT; what fails is undone as it would be by itself. */
async function endedBy<T>(db: Database, work: (db: Database) => Promise<T>): Promise<T> {
  try {
    const result = await work(db)
    await db.flush()
    return result
  } catch (error) {
    // After a deadlock the server has no such savepoint: it has rolled everything back.
    if (!contentionOf(error)) db.begin([`ROLLBACK TO SAVEPOINT ${begun}`])
    throw error
  }
}
