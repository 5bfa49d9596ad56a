import type { RowDataPacket } from 'mysql2/promise'
import type { BorrowingPool } from '../db/pool.ts'
import { sequenceNames } from '../designs/ids/ids.ts'
import { log } from '../log.ts'
import { onConnection, resultOf } from './marks.ts'
import type { Range } from './ranges.ts'
import { MarkWentBack } from './sequences.ts'

/** A commit may be lost with the machine: an id that was handed out could be handed out again. */
export class NotDurable extends Error {
  override name = 'NotDurable'
}

/**
 * Holds the marks against the ids that are in use.
 * @param range where the ticket server's ids lie; what is outside came from elsewhere
 * @throws MarkWentBack for a mark that is missing or below an id of its table
 */
export async function refuseMarksThatWentBack(
  pool: BorrowingPool,
  { first, last }: Range,
): Promise<void> {
  for (const name of sequenceNames) {
    const [row] = await rowsOf<{
      largest: string | null
      mark: string | null
      successor: string | null
    }>(
      pool,
      `select (select max(id) from ${name} where id between ? and ?) as largest,
        (select high_water from ticket_marks where name = ?) as mark,
        (select successor from ticket_marks where name = ?) as successor`,
      [first, last, name, name],
    )
    // The successor gives ids there; the mark is raised before the sequence comes back to it.
    if (!row?.largest || row.successor !== null || Number(row.largest) <= Number(row.mark ?? 0))
      continue
    const mark = row.mark === null ? 'there is no mark' : `the mark is ${row.mark}`
    throw new MarkWentBack(
      `${name} has id ${row.largest}, but ${mark}: set ticket_marks above every id in use`,
    )
  }
}

interface Settings {
  redo: number | string
  binlog: number | string
  sync: number | string
}

/**
 * Warns of settings of the database with which a commit may be lost.
 * @param mayRefuse false = what would refuse the start is a warning too
 * @throws NotDurable where the redo log is not written through at each commit
 */
export async function refuseNotDurable(pool: BorrowingPool, mayRefuse: boolean): Promise<void> {
  const [settings] = await rowsOf<Settings>(
    pool,
    `select @@innodb_flush_log_at_trx_commit as redo, @@log_bin as binlog, @@sync_binlog as sync`,
  )
  const { redo, binlog, sync } = settings ?? { redo: 'unknown', binlog: 0, sync: 0 }
  const mayBeLost = 'a commit may be lost, and its ids be handed out again'
  if (Number(redo) !== 1) {
    const flaw = `innodb_flush_log_at_trx_commit is ${redo}, not 1: ${mayBeLost}`
    if (mayRefuse) throw new NotDurable(flaw)
    log(`tickets: WARNING: ${flaw}`)
  }
  // After a failure of the machine a server with a binary log goes by what is in that.
  if (Number(binlog) === 1 && Number(sync) !== 1) {
    log(`tickets: WARNING: sync_binlog is ${sync}, not 1: ${mayBeLost}`)
  }
}

const rowsOf = async <Row>(pool: BorrowingPool, sql: string, values: unknown[] = []) =>
  (await onConnection(pool, (connection) =>
    resultOf<RowDataPacket[]>(connection, sql, values),
  )) as Row[]
