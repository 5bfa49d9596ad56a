import { sql } from 'drizzle-orm'
import type { Connections } from '../../../db/connections.ts'
import { listOf, momentFromNow } from '../../../db/statements.ts'
import type { Counters } from './counters.ts'
import { type ReservationStatus, sumOf, takeOff } from './rows.ts'

/**
 * Begins a new epoch of an option's counter: whatever is claimed is settled, so that the stock in
 * the table is the truth, and is written into Redis before the commit. Closes claims of the old
 * epoch, which hold the row that is locked here, and two rebuilds at once, as the second finds the
 * counter current. A crash before the commit leaves a counter whose epoch no table knows: its
 * claims are refused, and it is dropped.
 * @returns `missing` where there is no such option
 */
export async function beginEpoch(
  connections: Connections,
  optionId: string,
  counters: Counters,
): Promise<'rebuilt' | 'current' | 'missing'> {
  return await connections.transaction(async (db) => {
    // Tried again it is another one: what was reserved of the first is not to be claimed.
    const epoch = Bun.randomUUIDv7()
    const of = sql`where id = ${optionId}`
    const known = await db.rows(sql`select 1 from product_options ${of}`)
    if (known.length === 0) return 'missing'
    await db.change(sql`insert into stock_counters (option_id, epoch, rebuilt_at)
        values (${optionId}, '', ${momentFromNow()})
        on duplicate key update option_id = option_id`)
    const [counter] = await db.rows<{ epoch: string }>(sql`
      select epoch from stock_counters where option_id = ${optionId} for update`)
    const inRedis = await counters.look(optionId)
    if (inRedis && inRedis.epoch === counter?.epoch) return 'current'
    const unsettled = sql`where option_id = ${optionId} and status in ('open', 'counted')`
    const rows = await db.rows<{ quantity: number; status: ReservationStatus }>(sql`
      select quantity, status from stock_reservations ${unsettled} for update`)
    await takeOff(db, optionId, sumOf(rows.filter(({ status }) => status === 'open')))
    await db.change(sql`update stock_reservations set status = 'settled' ${unsettled}`)
    await db.change(sql`update stock_counters set epoch = ${epoch}, rebuilt_at = ${momentFromNow()}
        where option_id = ${optionId}`)
    const [row] = await db.rows<{ stock: number }>(sql`
      select stock from product_options ${of} for update`)
    await counters.write(optionId, row?.stock ?? 0, epoch)
    return 'rebuilt'
  })
}

export async function hasCounters(connections: Connections): Promise<boolean> {
  return (await connections.rows(sql`select 1 from stock_counters limit 1`)).length > 0
}

export interface ComparedCounter {
  optionId: string
  epoch: string
  stock: number
  /** Rows not yet settled. */
  unsettled: number
}

/** What the tables say of options that have a counter, some of them at random. */
export async function countersIn(
  connections: Connections,
  limit: number,
  only?: readonly string[],
): Promise<ComparedCounter[]> {
  const isWanted = only ? sql`c.option_id in (${listOf(only)})` : sql`1`
  const rows = await connections.rows<ComparedCounter>(sql`
    select c.option_id as optionId, c.epoch, p.stock,
           (select count(*) from stock_reservations r where r.option_id = c.option_id
            and r.status in ('open', 'counted')) as unsettled
    from stock_counters c join product_options p on p.id = c.option_id
    where ${isWanted} order by rand() limit ${limit}`)
  return rows.map((row) => ({ ...row, unsettled: Number(row.unsettled) }))
}
