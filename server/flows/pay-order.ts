import { type SQL, sql } from 'drizzle-orm'
import type { Database } from '../db/connections.ts'
import { momentFromNow, moveRow } from '../db/statements.ts'
import type { SoldLine } from '../designs/effects/effects.ts'
import type { FlowCtx } from '../designs/flow-ctx.ts'
import { byId } from '../designs/transaction/expand.ts'
import type { Flow, Step } from '../designs/transaction/transaction.ts'
import { Problem } from '../errors.ts'
import { logError } from '../log.ts'
import { cancelOrder } from './cancel-order.ts'
import {
  collectByCard,
  collectFromBalance,
  newReference,
  type PayableState,
  type PaymentPart,
  partOf,
  refuseWithoutBank,
} from './collect.ts'
import { readPayment } from './read-order.ts'
import type { Payment } from './shapes.ts'

export interface PayState extends PayableState {
  payment: PaymentPart
}

export interface PayOrder {
  orderId: string
  idempotencyKey: string
  method: 'balance' | 'card'
  cardToken?: string | undefined
}

/**
 * Pays a pending order by balance or card.
 * @returns the payment, whose status is `captured`, or `unknown` until the bank answers
 * @throws Problem `not-found`, `order-not-payable`, `card-declined`, `insufficient-balance`,
 * `bank-unavailable` (nothing charged), `bank-unknown` (ask again with the same key)
 */
export async function payOrder(ctx: FlowCtx, request: PayOrder): Promise<Payment> {
  refuseWithoutBank(ctx, request.method)
  const state = await payable(ctx, request)
  try {
    const flow = payOrderFlow(state, request.cardToken)
    await ctx.design.transaction.execute(ctx, flow, state)
  } catch (error) {
    return await notPaid(ctx, state, error)
  }
  ctx.observer.orderEnded('paid')
  return captured(state.orderId, state.totalMinor, state.payment)
}

/** What the client is answered of a payment that went through. */
export function captured(
  orderId: string,
  amountMinor: number,
  { paymentId, method }: PaymentPart,
): Payment {
  return { id: paymentId, orderId, method, status: 'captured', amountMinor }
}

/** @param cardToken absent in recovery, which charges no card */
export function payOrderFlow(state: PayState, cardToken?: string): Flow<PayState> {
  return {
    kind: 'pay-order',
    idempotencyKey: state.idempotencyKey,
    steps: paymentSteps(state.payment.method, { ownOrder: false, cardToken }),
    pivot: 'collect',
  }
}

interface PayableRow {
  userId: string
  totalMinor: string
  balanceVersion: number
  optionId: string
  quantity: number
}

async function payable(ctx: FlowCtx, request: PayOrder): Promise<PayState> {
  const { orderId, idempotencyKey, method } = request
  const rows = await ctx.connections.rows<PayableRow>(sql`
      select o.user_id as userId, o.total_minor as totalMinor, u.version as balanceVersion,
             i.option_id as optionId, i.quantity
      from orders o join order_items i on i.order_id = o.id and i.unit_price_minor > 0
      join users u on u.id = o.user_id
      where o.id = ${orderId} order by i.id`)
  const [first] = rows
  if (!first) throw new Problem('not-found', { field: 'orderId' })
  return {
    idempotencyKey,
    orderId,
    userId: first.userId,
    totalMinor: Number(first.totalMinor),
    balanceVersion: first.balanceVersion,
    lines: rows.map(({ optionId, quantity }) => ({ optionId, quantity })),
    payment: { method, paymentId: '', reference: '' },
  }
}

/** After a no the order is cancelled; after silence the payment stays until recovery knows. */
async function notPaid(ctx: FlowCtx, state: PayState, error: unknown): Promise<Payment> {
  if (!(error instanceof Problem)) throw error
  if (error.code === 'card-declined') {
    ctx.observer.orderEnded('declined')
    await cancelDeclined(ctx, state.orderId)
  }
  if (error.code !== 'bank-unknown') throw error
  ctx.observer.orderEnded('unknown')
  return await unlessLost(error, async () =>
    (await markUnknown(ctx, state)) ? await readPayment(ctx, state.payment.paymentId) : undefined,
  )
}

/** The decline is the answer, whatever becomes of this: the expiry cancels what is left. */
async function cancelDeclined(ctx: FlowCtx, orderId: string): Promise<void> {
  try {
    await cancelOrder(ctx, orderId, 'declined')
  } catch (error) {
    if (!(error instanceof Problem)) logError(`cancelling order ${orderId}`, error)
  }
}

/** Reads what stands although the bank was silent; where that fails, throws the bank's silence. */
export async function unlessLost<T>(
  silence: Problem,
  read: () => Promise<T | undefined>,
): Promise<T> {
  const standing = await read().catch(() => undefined)
  if (standing === undefined) throw silence
  return standing
}

/**
 * Marks the payment as unknown to its readers.
 * @returns false when a rolled back transaction has left no row: the client must ask again
 */
export async function markUnknown(ctx: FlowCtx, state: PayableState): Promise<boolean> {
  const paymentId = state.payment?.paymentId
  if (!paymentId) return false
  return await ctx.connections.use(async (db) => {
    await db.change(sql`
      update payments set status = 'unknown' where id = ${paymentId} and status = 'sent'`)
    const rows = await db.rows(sql`select id from payments where id = ${paymentId}`)
    return rows.length > 0
  })
}

/**
 * Claim the order, collect the money, settle.
 * @param ownOrder true for an order of the same request: it was written as `paying`, so that only
 * this flow touches it, and its own step undoes it. An order that was placed before is claimed, and
 * a declined card makes it due for cancelling.
 */
export function paymentSteps<State extends PayableState>(
  method: 'balance' | 'card',
  { ownOrder = true, cardToken = '' }: { ownOrder?: boolean; cardToken?: string | undefined },
): Step<State>[] {
  const collect = method === 'card' ? collectByCard(cardToken) : collectFromBalance
  return [claim(ownOrder), collect, settle]
}

function claim(ownOrder: boolean): Step<PayableState> {
  return {
    name: 'claim',
    kind: 'db',
    async run(ctx, state, db) {
      const claimed = ownOrder || (await claimPending(db, state.orderId))
      if (!claimed) throw new Problem('order-not-payable')
      const payment = partOf(state)
      const [paymentId = ''] = await ctx.design.ids.take(ctx, db, 'payments', 1)
      payment.paymentId = paymentId
      // A rollback takes the id of an own order back; its key stands for one order for good.
      const paidFor = ownOrder ? `user ${state.userId}` : `order ${state.orderId}`
      payment.reference = await newReference(db, paidFor, state.idempotencyKey)
      await db.change(sql`
        insert into payments (id, order_id, live_order_id, method, status, amount_minor,
                              reference, idempotency_key, created_at)
        values (${paymentId}, ${state.orderId}, ${state.orderId}, ${payment.method}, 'sent',
                ${state.totalMinor}, ${payment.reference}, ${state.idempotencyKey},
                ${momentFromNow()})`)
      await ctx.at('payment.claimed', db)
    },
    async undo(_ctx, state, db) {
      const { paymentId, declined } = partOf(state)
      const status = declined ? 'declined' : 'failed'
      await endPayment(db, paymentId, sql`status = ${status}, live_order_id = null`)
      if (ownOrder) return
      const dueAt = declined ? momentFromNow() : sql`expires_at`
      await db.change(sql`update orders set status = 'pending', expires_at = ${dueAt}
          where id = ${state.orderId} and status = 'paying'`)
    },
  }
}

async function endPayment(db: Database, id: string, changes: SQL): Promise<void> {
  const open = sql`id = ${id} and status in ('sent', 'unknown')`
  await moveRow(db, `payment ${id}`, sql`update payments set ${changes} where ${open}`)
}

async function claimPending(db: Database, orderId: string): Promise<boolean> {
  const claimed = await db.change(sql`update orders set status = 'paying'
      where id = ${orderId} and status = 'pending' and expires_at > ${momentFromNow()}`)
  return claimed === 1
}

/** What counts as sold, in the order of the ids: those who count them must not wait in a circle. */
const soldLines = ({ lines }: PayableState): SoldLine[] =>
  lines
    .filter(({ giftOf }) => giftOf === undefined)
    .map(({ optionId, quantity }) => ({ optionId, quantity }))
    .sort((a, b) => byId(a.optionId, b.optionId))

const settle: Step<PayableState> = {
  name: 'settle',
  kind: 'db',
  async run(ctx, state, db) {
    const { orderId, userId, totalMinor } = state
    await endPayment(db, partOf(state).paymentId, sql`status = 'captured'`)
    const paid = sql`
      update orders set status = 'paid' where id = ${orderId} and status = 'paying'`
    await moveRow(db, `order ${orderId}`, paid)
    await ctx.design.dispatch.offer(ctx, db, orderId)
    await ctx.at('payment.settled', db)
    const eventId = `order-paid-${orderId}`
    const soldDate = new Date().toISOString().slice(0, 10)
    const lines = soldLines(state)
    const event = { type: 'order.paid' as const, eventId, orderId, userId, totalMinor }
    await ctx.design.effects.publish(ctx, db, { ...event, soldDate, lines })
    await ctx.at('effects.published', db)
  },
}
