import { type SQL, sql } from 'drizzle-orm'
import type { Connections, Database } from '../../../db/connections.ts'
import { listOf, momentFromNow } from '../../../db/statements.ts'
import { byId } from '../../transaction/expand.ts'
import { entryMs, type Reservation } from './counters.ts'

/** However long a process was held up: older claims are refused, as their rows are pruned. */
const claimMsMax = 600_000

export type ReservationStatus = 'open' | 'counted' | 'settled' | 'refused'

interface OptionUnits {
  id: string
  optionId: string
  quantity: number
}

/** A return that is in the table and may be missing in Redis. */
export interface CountedReturn extends OptionUnits {
  /** That lacks it; null where the option has no counter. */
  epoch: string | null
}

/**
 * Claims a reservation for the caller's transaction. Closes claims of a counter that was rebuilt,
 * by a shared lock on the row of the epoch until the caller's transaction ends: the rebuild waits
 * for it, or this one sees that it is too late.
 * @returns false where its epoch is over, or it is too old
 * @throws the driver's duplicate key where the sweeper has given the units back
 */
export async function claimReservation(
  db: Database,
  { id, optionId, quantity, epoch, entry }: Reservation,
): Promise<boolean> {
  const until = new Date(entryMs(entry) + claimMsMax)
  const claimed = await db.change(sql`
    insert into stock_reservations (id, option_id, quantity, status, created_at)
    select ${id}, option_id, ${quantity}, 'open', ${momentFromNow()}
    from stock_counters where option_id = ${optionId} and epoch = ${epoch}
      and ${momentFromNow()} < ${until}
    lock in share mode`)
  return claimed === 1
}

/** Records, with the caller's transaction, that units come back. */
export async function recordReturn(
  db: Database,
  { id, optionId, quantity }: OptionUnits,
): Promise<void> {
  await db.change(sql`insert into stock_reservations (id, option_id, quantity, status, created_at)
      values (${id}, ${optionId}, ${-quantity}, 'open', ${momentFromNow()})`)
}

/** Units of the rows, those given back being below zero. */
export const sumOf = (rows: readonly { quantity: number }[]) =>
  rows.reduce((sum, { quantity }) => sum + quantity, 0)

export async function takeOff(db: Database, optionId: string, units: number): Promise<void> {
  if (units === 0) return
  await db.change(sql`update product_options set stock = stock - ${units} where id = ${optionId}`)
}

/** The rows of reservations and returns, as the settling reads and ends them. */
export class ReservationRows {
  readonly #side: Connections

  constructor(side: Connections) {
    this.#side = side
  }

  /**
   * Brings open claims and returns into the stock of their options, in one transaction. Closes two
   * settlings of one row, by its lock and its status; by the primary key, so that claims under way
   * are not waited for.
   * @returns how many
   */
  async settleOpen(limit: number): Promise<number> {
    const open = await this.#side.rows<{ id: string }>(sql`
      select id from stock_reservations where status = 'open' limit ${limit}`)
    if (open.length === 0) return 0
    return await this.#side.transaction(async (db) => {
      const rows = await db.rows<OptionUnits>(sql`
        select id, option_id as optionId, quantity from stock_reservations force index (primary)
        where id in (${listOf(open.map(({ id }) => id))}) and status = 'open'
        order by id for update`)
      if (rows.length === 0) return 0
      const byOption = Map.groupBy(rows, ({ optionId }) => optionId)
      for (const optionId of [...byOption.keys()].toSorted(byId)) {
        await takeOff(db, optionId, sumOf(byOption.get(optionId) ?? []))
      }
      await db.change(sql`update stock_reservations force index (primary)
          set status = if(quantity < 0, 'counted', 'settled')
          where id in (${listOf(rows.map(({ id }) => id))})`)
      return rows.length
    })
  }

  async countedReturns(limit: number): Promise<CountedReturn[]> {
    const rows = await this.#side.rows<CountedReturn>(sql`
      select r.id, r.option_id as optionId, r.quantity, c.epoch
      from stock_reservations r left join stock_counters c on c.option_id = r.option_id
      where r.status = 'counted' limit ${limit}`)
    return rows.map((row) => ({ ...row, quantity: -row.quantity }))
  }

  /** Ends returns that are counted in Redis too. */
  async markSettled(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return
    await this.#side.change(sql`
      update stock_reservations force index (primary) set status = 'settled'
      where id in (${listOf(ids)}) and status = 'counted'`)
  }

  async statusesOf(ids: readonly string[]): Promise<Map<string, ReservationStatus>> {
    if (ids.length === 0) return new Map()
    const rows = await this.#side.rows<{ id: string; status: ReservationStatus }>(sql`
      select id, status from stock_reservations where id in (${listOf(ids)})`)
    return new Map(rows.map(({ id, status }) => [id, status]))
  }

  /**
   * Makes sure that these reservations are never claimed. Closes a claim that comes late, by the
   * primary key: it waits for a claim under way, and of the two rows one is refused.
   */
  async refuse(reservations: readonly OptionUnits[]): Promise<void> {
    const rows = reservations.map(
      ({ id, optionId, quantity }) =>
        sql`(${id}, ${optionId}, ${quantity}, 'refused', ${momentFromNow()})`,
    )
    await this.#side.change(sql`
      insert ignore into stock_reservations (id, option_id, quantity, status, created_at)
      values ${sql.join(rows, sql`,`)}`)
  }

  /** Deletes rows that are settled or refused since before the moment, up to the limit. */
  async prune(before: SQL, limit: number): Promise<number> {
    const rows = await this.#side.rows<{ id: string }>(sql`
      select id from stock_reservations
      where created_at < ${before} and status in ('settled', 'refused')
      order by created_at limit ${limit}`)
    if (rows.length === 0) return 0
    // By the primary key: a range that is locked to its end holds up what is written there.
    return await this.#side.change(sql`
      delete stock_reservations from stock_reservations force index (primary)
      where id in (${listOf(rows.map(({ id }) => id))})`)
  }
}
