import type { PoolConnection, ResultSetHeader, RowDataPacket } from 'mysql2/promise'
import type { BorrowingPool } from '../db/pool.ts'
import type { Range } from './ranges.ts'
import { SequenceExhausted, SequenceRetired } from './sequences.ts'

/** A statement without an answer by then has failed, and its connection with it. */
const statementMsMax = 2000

/**
 * Runs `work` on a connection of its own; after any error the connection is given up,
 * since its statement may still be running.
 */
export async function onConnection<T>(
  pool: BorrowingPool,
  work: (connection: PoolConnection) => Promise<T>,
): Promise<T> {
  const connection = await pool.borrow()
  try {
    const result = await work(connection)
    connection.release()
    return result
  } catch (error) {
    connection.destroy()
    throw error
  } finally {
    pool.counters.inUse -= 1
  }
}

export async function resultOf<Result extends ResultSetHeader | RowDataPacket[]>(
  connection: PoolConnection,
  sql: string,
  values: unknown[] = [],
): Promise<Result> {
  const [result] = await connection.query<Result>({ sql, values, timeout: statementMsMax })
  return result
}

/**
 * Leases ranges by raising a sequence's high-water mark in MySQL.
 * in: a sequence, a count · out: the ids between the old mark and the new · closes: two instances
 * that lease at once, by one statement that commits by itself before an id of the range is known;
 * an answer that is lost on the way leaves a gap.
 * @param range no id outside it is leased
 */
export function createMarks(pool: BorrowingPool, { first, last }: Range) {
  /** @throws SequenceExhausted at the range's end, SequenceRetired, or the database's own error */
  return function lease(sequence: string, count: number): Promise<Range> {
    return onConnection(pool, async (connection) => {
      const run = (sql: string, values: unknown[]) =>
        resultOf<ResultSetHeader>(connection, sql, values)
      const update = `update ticket_marks set updated_at = utc_timestamp(3),
        high_water = last_insert_id(greatest(high_water, ?) + ?)
        where name = ? and successor is null and greatest(high_water, ?) + ? <= ?`
      const raise = () => run(update, [first - 1, count, sequence, first - 1, count, last])
      let raised = await raise()
      if (raised.affectedRows === 0) {
        const insert = `insert ignore into ticket_marks (name, high_water, updated_at)
          values (?, ?, utc_timestamp(3))`
        await run(insert, [sequence, first - 1])
        raised = await raise()
      }
      if (raised.affectedRows === 0) {
        await refuseRetired(connection, sequence)
        throw new SequenceExhausted(`${sequence} has no ${count} ids left up to ${last}`)
      }
      return { first: raised.insertId - count + 1, last: raised.insertId }
    })
  }
}

async function refuseRetired(connection: PoolConnection, sequence: string): Promise<void> {
  const [mark] = await resultOf<RowDataPacket[]>(
    connection,
    'select successor, retired_epoch as epoch from ticket_marks where name = ?',
    [sequence],
  )
  if (!mark?.successor) return
  throw new SequenceRetired(`change ${mark.epoch} moved ${sequence} to ${mark.successor}`)
}
