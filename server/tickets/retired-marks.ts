import type { RowDataPacket } from 'mysql2/promise'
import type { BorrowingPool } from '../db/pool.ts'
import { logError } from '../log.ts'
import { onConnection, resultOf } from './marks.ts'
import type { Sequences } from './sequences.ts'

const everyMs = 250

/**
 * Drops what is leased of sequences that another source has, so that a process that has not read
 * the design's change gets none of it. While the database is away nothing is dropped; the first
 * failure is logged.
 * @returns stops it
 */
export function watchRetired(
  pool: BorrowingPool,
  sequences: Pick<Sequences, 'skipTo'>,
): () => Promise<void> {
  let reading: Promise<void> | undefined
  let isFailing = false

  async function look(): Promise<void> {
    try {
      for (const { name, mark } of await retiredMarks(pool)) sequences.skipTo(name, mark + 1)
      isFailing = false
    } catch (error) {
      if (!isFailing) logError('retired marks', error)
      isFailing = true
    }
    reading = undefined
  }

  const timer = setInterval(() => {
    reading ??= look()
  }, everyMs)
  return async () => {
    clearInterval(timer)
    await reading
  }
}

const retiredMarks = async (pool: BorrowingPool): Promise<{ name: string; mark: number }[]> => {
  const statement = 'select name, high_water as mark from ticket_marks where successor is not null'
  const rows = await onConnection(pool, (connection) =>
    resultOf<RowDataPacket[]>(connection, statement),
  )
  return rows.map(({ name, mark }) => ({ name, mark: Number(mark) }))
}
