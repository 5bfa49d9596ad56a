import { sql } from 'drizzle-orm'
import type { Ctx } from '../../../ctx.ts'
import { type Database, onEnd } from '../../../db/connections.ts'
import { changed, rowsOf } from '../../../db/statements.ts'
import { Problem } from '../../../errors.ts'
import type { Stock } from '../stock.ts'
import { acquire, type Lease, type LineUp, raised, release } from './lease.ts'

/** A lease of the transaction that is open on a connection. */
interface Held extends Lease {
  /** The row has this lease's fence already: the transaction comes for the item a second time. */
  hasWritten: boolean
}

const heldOn = new WeakMap<Database, Map<string, Held>>()

/**
 * Look and write under a lock in Redis that is held until the transaction has ended.
 * The look is a locking read, since it must be current: a plain one shows the snapshot, which may
 * be older than the lock. The write carries the lease's fence, and the row keeps the highest: a
 * holder whose lease ran out before it looked is refused.
 */
export function lockedStock(lineUp: LineUp): Stock {
  return {
    take: (ctx, db, { optionId, quantity }) => change(ctx, db, optionId, -quantity, lineUp),
    async giveBack(ctx, db, { optionId, quantity }) {
      await change(ctx, db, optionId, quantity, lineUp)
    },
  }
}

async function change(
  ctx: Ctx,
  db: Database,
  optionId: string,
  units: number,
  lineUp: LineUp,
): Promise<boolean> {
  const held = heldBy(db).get(optionId) ?? (await hold(ctx, db, optionId, lineUp))
  const [row] = await rowsOf<{ stock: number; fence: string }>(
    db,
    sql`select stock, stock_fence as fence from product_options where id = ${optionId}
        lock in share mode`,
  )
  if (!row || row.stock + units < 0) return false
  if (!held.hasWritten) held.fence = await fenceAbove(ctx, held, Number(row.fence))
  const written = await changed(
    db,
    sql`update product_options set stock = ${row.stock + units}, stock_fence = ${held.fence}
        where id = ${optionId} and stock_fence <= ${held.fence}`,
  )
  if (written !== 1) throw stale(ctx)
  held.hasWritten = true
  return true
}

const heldBy = (db: Database): Map<string, Held> => heldOn.get(db) ?? new Map()

async function hold(ctx: Ctx, db: Database, optionId: string, lineUp: LineUp): Promise<Held> {
  const held = { ...(await acquire(ctx, optionId, lineUp)), hasWritten: false }
  heldOn.set(db, heldBy(db).set(optionId, held))
  onEnd(db, () => {
    heldOn.delete(db)
    void release(ctx.redis, held)
  })
  return held
}

/**
 * The lease's fence, or a new one where Redis has lost count and the lease still holds.
 * @throws Problem `lock-contention` where somebody has had the item since
 */
async function fenceAbove(ctx: Ctx, lease: Lease, seen: number): Promise<number> {
  const fence = lease.fence > seen ? lease.fence : await raised(ctx, lease, seen)
  if (fence === undefined) throw stale(ctx)
  return fence
}

function stale(ctx: Ctx): Problem {
  ctx.observer.contended(ctx.design.options.stock, 'lock-stale', 0)
  return new Problem('lock-contention')
}
