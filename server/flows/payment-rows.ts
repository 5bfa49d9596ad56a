import { type SQL, sql } from 'drizzle-orm'
import type { Database } from '../db/connections.ts'
import { changeOne, momentFromNow, moveRow } from '../db/statements.ts'
import type { SoldLine } from '../designs/effects/effects.ts'
import type { StepCtx } from '../designs/step-ctx.ts'
import { byId, passPoint } from '../designs/transaction/expand.ts'
import type { BatchMember } from '../designs/transaction/transaction.ts'
import { Problem } from '../errors.ts'
import { type PayableState, partOf } from './collect.ts'
import { writeHistory } from './payment-history.ts'

/** Payments of one transaction; one at least. */
export type Payers = readonly BatchMember<PayableState>[]

/** @throws Problem `order-not-payable`, once the write is sent */
export function claimPending(db: Database, orderId: string, status: 'paying' | 'paid'): void {
  const claimed = sql`update orders set status = ${status}
      where id = ${orderId} and ${isPayable()}`
  changeOne(db, claimed, () => new Problem('order-not-payable'))
}

/** Of a row of `orders`: it may be paid now. */
export const isPayable = (): SQL => sql`status = 'pending' and expires_at > ${momentFromNow()}`

/** Writes the payments, which get their ids by it, and their history: a statement each. */
export async function writePayments(
  members: Payers,
  db: Database,
  status: 'sent' | 'captured',
): Promise<void> {
  const ctx = members[0]?.ctx
  if (!ctx) return
  const ids = await ctx.design.ids.take(ctx, db, 'payments', members.length)
  const rows = members.map(({ state }, index) => {
    const payment = partOf(state)
    payment.paymentId = ids[index] ?? ''
    return sql`(${payment.paymentId}, ${state.orderId}, ${state.orderId}, ${payment.method},
      ${status}, ${state.totalMinor}, ${payment.reference}, ${state.idempotencyKey},
      ${momentFromNow()})`
  })
  db.later(sql`
    insert into payments (id, order_id, live_order_id, method, status, amount_minor,
                          reference, idempotency_key, created_at)
    values ${sql.join(rows, sql`,`)}`)
  const paymentIds = members.map(({ state }) => partOf(state).paymentId)
  await writeHistory(ctx, db, paymentIds, status === 'sent' ? ['sent'] : ['sent', 'captured'])
}

/** Ends a payment that is on its way. */
export async function endPayment(
  ctx: StepCtx,
  db: Database,
  id: string,
  status: 'captured' | 'declined' | 'failed',
): Promise<void> {
  const changes =
    status === 'captured' ? sql`status = ${status}` : sql`status = ${status}, live_order_id = null`
  const open = sql`id = ${id} and status in ('sent', 'unknown')`
  moveRow(db, `payment ${id}`, sql`update payments set ${changes} where ${open}`)
  await writeHistory(ctx, db, [id], [status])
}

/** What counts as sold, in the order of the ids: those who count them must not wait in a circle. */
const soldLines = ({ lines }: PayableState): SoldLine[] =>
  lines
    .filter(({ giftOf }) => giftOf === undefined)
    .map(({ optionId, quantity }) => ({ optionId, quantity }))
    .sort((a, b) => byId(a.optionId, b.optionId))

/** What follows from orders that are paid now. */
export async function announce(members: Payers, db: Database): Promise<void> {
  const ctx = members[0]?.ctx
  if (!ctx) return
  const orderIds = members.map(({ state }) => state.orderId)
  ctx.design.dispatch.offer(ctx, db, orderIds)
  await passPoint(members, 'payment.settled', db)
  const soldDate = new Date().toISOString().slice(0, 10)
  const events = members.map(({ state }) => {
    const { orderId, userId, totalMinor } = state
    const about = { type: 'order.paid' as const, eventId: `order-paid-${orderId}`, soldDate }
    return { ...about, orderId, userId, totalMinor, lines: soldLines(state) }
  })
  await ctx.design.effects.publish(ctx, db, events)
  await passPoint(members, 'effects.published', db)
}
