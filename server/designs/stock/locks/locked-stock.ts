import { sql } from 'drizzle-orm'
import type { Ctx, StockEvent } from '../../../ctx.ts'
import { type Database, onEnd } from '../../../db/connections.ts'
import { Problem } from '../../../errors.ts'
import type { Stock, StockLine, StockOption } from '../stock.ts'
import { acquire, type Lease, type Locking } from './lease.ts'

/** What can come between a taker and an item that is locked so. */
export const lockEvents: readonly StockEvent[] = [
  'lock-had',
  'lock-waited',
  'lock-given-up',
  'lock-unavailable',
]

/** What options have in common that hold the lock until the transaction has ended. */
export const lockedRecord = {
  closes:
    'the gap between look and take, until the transaction has ended; a fence refuses who held ' +
    'the lock too long',
  leavesOpen:
    'the item stands still for the rest of the lease when its holder dies, and while Redis is ' +
    'away',
  contention: [...lockEvents, 'lock-stale'],
  whenEvicted:
    'a lock that is thrown out has two holders: the row’s lock and the fence refuse one of them, ' +
    'so that nothing is oversold, at the price of deadlocks and refusals',
} satisfies Partial<StockOption>

/** A lease of the transaction that is open on a connection. */
interface Held extends Lease {
  /** The row has this lease's fence already: the transaction comes for the item a second time. */
  hasWritten: boolean
}

/**
 * Look and write under a lock in Redis that is held until the transaction has ended.
 * The look is a locking read, since it must be current: a plain one shows the snapshot, which may
 * be older than the lock. The write carries the lease's fence, and the row keeps the highest: a
 * holder whose lease ran out before it looked is refused.
 */
export class LockedStock implements Stock {
  readonly #locking: Locking
  readonly #heldOn = new WeakMap<Database, Map<string, Held>>()

  constructor(locking: Locking) {
    this.#locking = locking
  }

  take(_ctx: Ctx, db: Database, { optionId, quantity }: StockLine): Promise<boolean> {
    return this.#change(db, optionId, -quantity)
  }

  async giveBack(_ctx: Ctx, db: Database, { optionId, quantity }: StockLine): Promise<void> {
    await this.#change(db, optionId, quantity)
  }

  async #change(db: Database, optionId: string, units: number): Promise<boolean> {
    const held = this.#heldBy(db).get(optionId) ?? (await this.#hold(db, optionId))
    const [row] = await db.rows<{ stock: number; fence: string }>(sql`
      select stock, stock_fence as fence from product_options where id = ${optionId}
      lock in share mode`)
    if (!row || row.stock + units < 0) return false
    if (!held.hasWritten) held.fence = await this.#fenceAbove(held, Number(row.fence))
    const written = await db.change(sql`
      update product_options set stock = ${row.stock + units}, stock_fence = ${held.fence}
      where id = ${optionId} and stock_fence <= ${held.fence}`)
    if (written !== 1) throw this.#stale()
    held.hasWritten = true
    return true
  }

  #heldBy(db: Database): Map<string, Held> {
    return this.#heldOn.get(db) ?? new Map()
  }

  async #hold(db: Database, optionId: string): Promise<Held> {
    const held = { ...(await acquire(this.#locking, optionId)), hasWritten: false }
    this.#heldOn.set(db, this.#heldBy(db).set(optionId, held))
    onEnd(db, () => {
      this.#heldOn.delete(db)
      void this.#locking.locks.release(held)
    })
    return held
  }

  /**
   * The lease's fence, or a new one where its servers have lost count and the lease still holds.
   * @throws Problem `lock-contention` where the item has had another holder since
   */
  async #fenceAbove(lease: Lease, seen: number): Promise<number> {
    const { locks } = this.#locking
    const fence = lease.fence > seen ? lease.fence : await locks.raise(lease, seen)
    if (fence === undefined) throw this.#stale()
    return fence
  }

  #stale(): Problem {
    this.#locking.observer.contended(this.#locking.name, 'lock-stale', 0)
    return new Problem('lock-contention')
  }
}
