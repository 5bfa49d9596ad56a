import { type SQL, sql } from 'drizzle-orm'
import type { Ctx } from '../../ctx.ts'
import type { Database } from '../../db/connections.ts'
import { momentFromNow } from '../../db/statements.ts'

/** Axis `dispatch`: how workers of the warehouse come by paid orders, each order by one of them. */
export interface Dispatch {
  /** Called inside the transaction that marks the orders paid: they wait from its commit on. */
  offer(ctx: Ctx, db: Database, orderIds: readonly string[]): void
  /**
   * Gives the worker an order that waits; undefined where none does.
   * @throws Problem `dispatch-unavailable` where Redis is needed and away, `lock-contention`
   */
  take(ctx: Ctx, workerId: string): Promise<string | undefined>
}

/** The rows of orders that wait: the truth of every option, whatever else it keeps. */
export function writeOffers(db: Database, orderIds: readonly string[]): void {
  const rows = orderIds.map((id) => sql`(${id}, 'waiting', ${momentFromNow()})`)
  db.later(sql`insert into dispatches (order_id, status, queued_at)
      values ${sql.join(rows, sql`,`)}`)
}

/**
 * Gives an order to a worker, provided that it waits.
 * in: order, worker · out: whether it waited · closes: two workers who saw it waiting, since the
 * statement decides under the row's lock
 */
export async function claimWaiting(
  db: Database,
  orderId: string,
  workerId: string,
): Promise<boolean> {
  const claimed = await db.change(sql`
    update dispatches set status = 'taken', worker = ${workerId}, taken_at = ${momentFromNow()}
    where order_id = ${orderId} and status = 'waiting'`)
  return claimed === 1
}

/** Orders that wait, the lowest number first. */
export async function waitingOrders(db: Database, limit: number): Promise<string[]> {
  const rows = await db.rows<{ id: string }>(sql`
    select order_id as id from dispatches where status = 'waiting'
    order by order_id limit ${limit}`)
  return rows.map(({ id }) => String(id))
}

/** Gives the worker the order whose row the query has locked; undefined where it finds none. */
export async function claimLocked(
  ctx: Ctx,
  db: Database,
  workerId: string,
  query: SQL,
): Promise<string | undefined> {
  const [row] = await db.rows<{ id: string }>(query)
  if (!row) return undefined
  const orderId = String(row.id)
  await ctx.at('dispatch.locked', db)
  await claimWaiting(db, orderId, workerId)
  return orderId
}
