import { type SQL, sql } from 'drizzle-orm'
import type { Connections, Database } from '../../../db/connections.ts'
import { listOf, momentFromNow } from '../../../db/statements.ts'
import { addUnits, type StockLine } from '../stock.ts'

/** A place in a batch: units that are taken from stock and wait to be claimed. */
export interface BatchSlot extends StockLine {
  batchId: number
  slot: number
}

/** A take that waits for a batch. Taken alone, the units are kept; the others get a slot. */
export interface WaitingTake {
  quantity: number
  isAlone: boolean
}

export interface Taken {
  /** Absent where there is no slot to claim. */
  batchId: number | undefined
  /** One answer for each take. */
  served: boolean[]
}

/**
 * Takes for all that wait in one statement, or for as many as there is stock, first come first
 * served. The caller's transaction does nothing else. Closes the gap between look and take, as the
 * condition is evaluated on the locked row; where stock runs short, the look locks it until the
 * commit.
 */
export async function takeBatch(
  db: Database,
  optionId: string,
  waiting: readonly WaitingTake[],
): Promise<Taken> {
  const all = waiting.reduce((sum, { quantity }) => sum + quantity, 0)
  const isAll =
    (await db.change(sql`update product_options set stock = stock - ${all}
        where id = ${optionId} and stock >= ${all}`)) === 1
  const served = isAll ? waiting.map(() => true) : await takeWhatFits(db, optionId, waiting)
  const quantity = waiting.reduce(
    (sum, one, index) => (served[index] && !one.isAlone ? sum + one.quantity : sum),
    0,
  )
  if (quantity === 0) return { batchId: undefined, served }
  const batchId = await db.insert(sql`insert into stock_batches (option_id, quantity, created_at)
      values (${optionId}, ${quantity}, ${momentFromNow()})`)
  return { batchId, served }
}

async function takeWhatFits(
  db: Database,
  optionId: string,
  waiting: readonly WaitingTake[],
): Promise<boolean[]> {
  const [row] = await db.rows<{ stock: number }>(sql`
    select stock from product_options where id = ${optionId} for update`)
  let left = row?.stock ?? 0
  const before = left
  const served = waiting.map(({ quantity }) => {
    if (quantity > left) return false
    left -= quantity
    return true
  })
  if (left < before) await addUnits(db, optionId, left - before)
  return served
}

/**
 * Records that a slot is kept or returned, unless its batch is settled: then its units are gone.
 * So are those of a batch that a failover has lost, whose number another option's may have by now.
 * Closes a claim after the settling by a shared lock on the batch's row until the caller's
 * transaction ends: the settling waits for it, or this one sees that it is too late.
 */
export async function claimSlot(
  db: Database,
  { batchId, slot, optionId, quantity }: BatchSlot,
  status: 'kept' | 'returned' = 'kept',
): Promise<boolean> {
  const claimed = await db.change(sql`
    insert into stock_claims (batch_id, ticket, option_id, quantity, status, created_at)
    select id, ${slot}, option_id, ${quantity}, ${status}, ${momentFromNow()}
    from stock_batches
    where id = ${batchId} and option_id = ${optionId} and settled_at is null lock in share mode`)
  return claimed === 1
}

export interface Settled {
  batches: number
  /** Units that no transaction had claimed. */
  units: number
}

/** The rows of batches, as what ends them reads and changes them. */
export class StockBatches {
  readonly #side: Connections

  constructor(side: Connections) {
    this.#side = side
  }

  /**
   * Gives units of an open batch back at once, under the number of a slot whose transaction has
   * been rolled back. Once the batch is settled there is nothing to do: that gave them back.
   */
  async returnSlot(slot: BatchSlot): Promise<boolean> {
    return await this.#side.transaction(async (db) => {
      const isOpen = await claimSlot(db, slot, 'returned')
      if (isOpen) await addUnits(db, slot.optionId, slot.quantity)
      return isOpen
    })
  }

  /**
   * Ends batches: what is not claimed by now goes back to stock, and can no longer be claimed.
   * Closes two settlings at once, and claims under way, by the lock on the batch's row; batches
   * that are locked are skipped. It goes by the primary key, or it would read, lock and so hide
   * from others all that are open.
   */
  async settle(ids: readonly number[]): Promise<Settled> {
    if (ids.length === 0) return { batches: 0, units: 0 }
    return await this.#side.transaction(async (db) => {
      const batches = await db.rows<{ id: string; optionId: string; quantity: number }>(sql`
        select id, option_id as optionId, quantity from stock_batches force index (primary)
        where id in (${listOf(ids)}) and settled_at is null
        order by option_id, id for update skip locked`)
      if (batches.length === 0) return { batches: 0, units: 0 }
      const locked = listOf(batches.map(({ id }) => id))
      const claims = await db.rows<{ batchId: string; units: string }>(sql`
        select batch_id as batchId, sum(quantity) as units from stock_claims
        where batch_id in (${locked}) group by batch_id`)
      const claimed = new Map(claims.map(({ batchId, units }) => [batchId, Number(units)]))
      await db.change(sql`update stock_batches force index (primary)
          set settled_at = ${momentFromNow()} where id in (${locked})`)
      let units = 0
      for (const { id, optionId, quantity } of batches) {
        const rest = quantity - (claimed.get(id) ?? 0)
        if (rest === 0) continue
        units += rest
        await db.change(sql`update stock_batches set returned = ${rest} where id = ${id}`)
        await addUnits(db, optionId, rest)
      }
      return { batches: batches.length, units }
    })
  }

  /** Ids of batches begun before the moment and not settled, oldest first; locks nothing. */
  async openSince(before: SQL, limit: number): Promise<number[]> {
    const rows = await this.#side.rows<{ id: string }>(sql`
      select id from stock_batches where settled_at is null and created_at < ${before}
      order by created_at limit ${limit}`)
    return rows.map(({ id }) => Number(id))
  }

  /** Deletes batches settled before the moment, up to the limit. @returns how many */
  async prune(before: SQL, limit: number): Promise<number> {
    const rows = await this.#side.rows<{ id: string }>(sql`
      select id from stock_batches where settled_at < ${before} limit ${limit}`)
    if (rows.length === 0) return 0
    const ids = listOf(rows.map(({ id }) => id))
    return await this.#side.transaction(async (db) => {
      await db.change(sql`delete from stock_claims where batch_id in (${ids})`)
      return await db.change(sql`delete from stock_batches where id in (${ids})`)
    })
  }
}
