import { sql } from 'drizzle-orm'
import type { Services } from '../ctx.ts'
import { instant, listOf, momentFromNow } from '../db/statements.ts'
import { claimWaiting } from '../designs/dispatch/dispatch.ts'
import type { FlowCtx } from '../designs/flow-ctx.ts'
import { afterWriting, Problem } from '../errors.ts'
import type { DispatchRow, OrderToPick } from './shapes.ts'

/** A worker that has not sent `done` by then is taken to be gone: the order waits again. */
const leaseMs = 10 * 60 * 1000
const batch = 100

/**
 * Gives a worker the next order, as the design chooses it. A worker that never gets the answer
 * has the order all the same, until its lease runs out.
 * @returns undefined where none waits
 */
export async function takeOrder(ctx: FlowCtx, workerId: string): Promise<OrderToPick | undefined> {
  const orderId = await ctx.design.dispatch.take(ctx, workerId)
  ctx.observer.dispatched(orderId === undefined ? 'none' : 'taken')
  if (orderId === undefined) return undefined
  await ctx.at('dispatch.taken')
  return await afterWriting(readDispatch(ctx, orderId))
}

/**
 * Gives a worker the order of its own choice; asking again for what one has is fine.
 * @throws Problem `not-found`, `already-dispatched`
 */
export async function claimOrder(
  ctx: FlowCtx,
  orderId: string,
  workerId: string,
): Promise<OrderToPick> {
  const isMine = await ctx.connections.use((db) => claimWaiting(db, orderId, workerId))
  const found = await afterWriting(readDispatch(ctx, orderId))
  if (!isMine && !(found.status === 'taken' && found.workerId === workerId)) {
    ctx.observer.dispatched('raced')
    throw new Problem('already-dispatched')
  }
  if (isMine) ctx.observer.dispatched('taken')
  await ctx.at('dispatch.taken')
  return found
}

/**
 * The order has left the warehouse; saying so twice is fine.
 * @throws Problem `not-found`, `not-dispatched` where another worker has it, or none
 */
export async function finishOrder(
  ctx: FlowCtx,
  orderId: string,
  workerId: string,
): Promise<OrderToPick> {
  await ctx.connections.change(sql`update dispatches set status = 'done'
        where order_id = ${orderId} and worker = ${workerId} and status = 'taken'`)
  const found = await afterWriting(readDispatch(ctx, orderId))
  if (found.status !== 'done' || found.workerId !== workerId) throw new Problem('not-dispatched')
  return found
}

const columns = sql`order_id as orderId, status, worker as workerId, queued_at as queuedAt,
  taken_at as takenAt`

const shaped = (row: DispatchRow): DispatchRow => ({
  orderId: String(row.orderId),
  status: row.status,
  workerId: row.workerId,
  queuedAt: instant(row.queuedAt),
  takenAt: row.takenAt === null ? null : instant(row.takenAt),
})

/** Orders that wait, the lowest number first: what a worker picks from. */
export async function listWaiting(ctx: FlowCtx, limit: number): Promise<DispatchRow[]> {
  const rows = await ctx.connections.rows<DispatchRow>(sql`
    select ${columns} from dispatches where status = 'waiting' order by order_id limit ${limit}`)
  return rows.map(shaped)
}

async function readDispatch(ctx: FlowCtx, orderId: string): Promise<OrderToPick> {
  return await ctx.connections.use(async (db) => {
    const [row] = await db.rows<DispatchRow>(sql`
      select ${columns} from dispatches where order_id = ${orderId}`)
    if (!row) throw new Problem('not-found', { field: 'orderId' })
    const items = await db.rows<{ optionId: string; quantity: number }>(sql`
      select option_id as optionId, quantity from order_items
      where order_id = ${orderId} order by id`)
    return {
      ...shaped(row),
      items: items.map((item) => ({ ...item, optionId: String(item.optionId) })),
    }
  })
}

/**
 * One turn of the lease loop: what was taken too long ago waits again.
 * @returns whether there may be more
 */
export async function offerAgain({ connections }: Pick<Services, 'connections'>): Promise<boolean> {
  const isOver = sql`status = 'taken' and taken_at < ${momentFromNow(-leaseMs)}`
  return await connections.use(async (db) => {
    const over = await db.rows<{ id: string }>(sql`
      select order_id as id from dispatches where ${isOver} limit ${batch}`)
    if (over.length === 0) return false
    // By the primary key: a search that locks would hold up every worker that takes an order.
    await db.change(sql`update dispatches force index (primary)
        set status = 'waiting', worker = null, taken_at = null
        where order_id in (${listOf(over.map(({ id }) => id))}) and ${isOver}`)
    return over.length === batch
  })
}
