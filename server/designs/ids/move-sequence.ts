import { type SQL, sql } from 'drizzle-orm'
import type { Database } from '../../db/connections.ts'
import { momentFromNow } from '../../db/statements.ts'
import { Problem } from '../../errors.ts'
import { ticketRange } from '../../tickets/ranges.ts'
import type { SequenceName } from './ids.ts'
import { numberRanges, type RangeName } from './number-ranges.ts'

/** A sequence that is to get its ids from another source. */
export interface SequenceMove {
  sequence: SequenceName
  /** Where all of its ids come from afterwards; undefined = from several sources at once. */
  to: { option: string; range: RangeName } | undefined
  /** The new source is to begin at this id at least. */
  start?: number | undefined
}

/** How far the sources that count in the database have got. */
interface Given {
  value: number
  highWater: number
}

/** A source that begins so near to its end would soon refuse every order. */
const roomLeast = 1_000_000

/** The ids that the ticket server may give of sequences that have moved, from which on. */
export const firstIds: SQL = sql`
  select name, max(first) as first from (
    select name, successor_first as first from sequences where successor is not null
    union all
    select name, high_water + 1 from ticket_marks where successor is not null) moved
  where first <= ${ticketRange.last} group by name`

/**
 * Moves a sequence to another source, with the transaction of the change that asks for it.
 * in: both counters, locked · out: the new source begins above every id that either has given, the
 * old one is retired and names its successor · race closed: two sources at once, since a
 * transaction that takes an id from a row holds its lock, or waits for it and finds it retired.
 * @throws Problem `design-refused` where the new source has no room, or several would give an id
 * twice
 */
export async function moveSequence(
  db: Database,
  { sequence, to, start = 1 }: SequenceMove,
  epoch: number,
): Promise<void> {
  const given = await lockedCounters(db, sequence)
  if (!to) return await openAll(db, sequence, given)
  const above = Math.max(given.value, given.highWater, start - 1)
  if (to.range === 'sequenceRows') {
    await retireMark(db, sequence, to.option, epoch)
    return await openRow(db, sequence, withRoom(sequence, above))
  }
  if (to.range === 'tickets') {
    const first = withRoom(sequence, Math.max(above, ticketRange.first - 1)) + 1
    await openMark(db, sequence, first - 1)
    return await retireRow(db, sequence, { option: to.option, first }, epoch)
  }
  const { first } = numberRanges[to.range]
  await retireMark(db, sequence, to.option, epoch)
  await retireRow(db, sequence, { option: to.option, first }, epoch)
}

async function lockedCounters(db: Database, sequence: SequenceName): Promise<Given> {
  const [row] = await db.rows<{ value: string }>(
    sql`select value from sequences where name = ${sequence} for update`,
  )
  const [mark] = await db.rows<{ highWater: string }>(
    sql`select high_water as highWater from ticket_marks where name = ${sequence} for update`,
  )
  return { value: Number(row?.value ?? 0), highWater: Number(mark?.highWater ?? 0) }
}

function withRoom(sequence: SequenceName, above: number): number {
  const { last } = ticketRange
  if (above + roomLeast <= last) return above
  const detail = `${sequence} would begin above ${above}, which leaves no room up to ${last}`
  throw new Problem('design-refused', { detail, field: 'start' })
}

/** The row alone has the sequence: it may go on among the ticket server's numbers. */
async function openRow(db: Database, sequence: SequenceName, value: number): Promise<void> {
  const rows = numberRanges.sequenceRows.last
  const last = value < rows ? rows : ticketRange.last
  await db.change(sql`update sequences set value = ${value}, last = ${last}, successor = null,
      successor_first = null, retired_value = null, retired_epoch = null
    where name = ${sequence}`)
}

async function openMark(db: Database, sequence: SequenceName, highWater: number): Promise<void> {
  await db.change(sql`insert into ticket_marks (name, high_water, updated_at)
    values (${sequence}, ${highWater}, ${momentFromNow()})
    on duplicate key update high_water = ${highWater}, updated_at = ${momentFromNow()},
      successor = null, retired_value = null, retired_epoch = null`)
}

/** A row that is retired already keeps the value at which it stood still. */
async function retireRow(
  db: Database,
  sequence: SequenceName,
  { option, first }: { option: string; first: number },
  epoch: number,
): Promise<void> {
  await db.change(sql`update sequences set retired_value = coalesce(retired_value, value),
      successor = ${option}, successor_first = ${first}, retired_epoch = ${epoch}
    where name = ${sequence}`)
}

async function retireMark(
  db: Database,
  sequence: SequenceName,
  option: string,
  epoch: number,
): Promise<void> {
  await db.change(sql`insert into ticket_marks
      (name, high_water, updated_at, successor, retired_value, retired_epoch)
    values (${sequence}, 0, ${momentFromNow()}, ${option}, 0, ${epoch})
    on duplicate key update retired_value = coalesce(retired_value, high_water),
      successor = ${option}, retired_epoch = ${epoch}`)
}

/** Both at once, which only a test of what goes wrong then wants. */
async function openAll(db: Database, sequence: SequenceName, { value }: Given): Promise<void> {
  if (value >= ticketRange.first) {
    const detail =
      `${sequence} has gone back to its row before, which is at ${value}, among the ticket ` +
      'server’s ids: two sources at once would give an id twice'
    throw new Problem('design-refused', { detail, field: 'to' })
  }
  await db.change(sql`update sequences set successor = null, successor_first = null,
      retired_value = null, retired_epoch = null where name = ${sequence}`)
  await db.change(sql`update ticket_marks set successor = null, retired_value = null,
      retired_epoch = null where name = ${sequence}`)
}
