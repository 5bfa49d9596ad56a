import { sql } from 'drizzle-orm'
import type { Database } from '../db/connections.ts'
import { momentFromNow, moveRow } from '../db/statements.ts'
import type { FlowCtx } from '../designs/flow-ctx.ts'
import type { Flow, Step } from '../designs/transaction/transaction.ts'
import { Problem } from '../errors.ts'
import { logError } from '../log.ts'
import { cancelOrder } from './cancel-order.ts'
import {
  collectByCard,
  collectFromBalance,
  type PayableState,
  type PaymentPart,
  partOf,
  referenceOf,
  refuseWithoutBank,
} from './collect.ts'
import { payFromBalance } from './pay-from-balance.ts'
import { payableRead } from './payable.ts'
import { announce, claimPending, endPayment, writePayments } from './payment-rows.ts'
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
  /** Keeps the answer in the transaction that makes it true. */
  keep?(db: Database, payment: Payment): void
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
    const ended: Flow<PayState>['ended'] = (now, db) => request.keep?.(db, paymentOf(now))
    await ctx.design.transaction.execute(ctx, { ...flow, ended }, state)
  } catch (error) {
    return await notPaid(ctx, state, error)
  }
  ctx.observer.orderEnded('paid')
  return paymentOf(state)
}

const paymentOf = ({ orderId, totalMinor, payment }: PayState): Payment =>
  captured(orderId, totalMinor, payment)

/** What the client is answered of a payment that went through. */
export function captured(
  orderId: string,
  amountMinor: number,
  { paymentId, method }: PaymentPart,
): Payment {
  return { id: paymentId, orderId, method, status: 'captured', amountMinor }
}

/** @param cardToken absent in recovery, which charges no card */
export function payOrderFlow(state: PayState, cardToken?: string, inSteps = false): Flow<PayState> {
  return {
    kind: 'pay-order',
    idempotencyKey: state.idempotencyKey,
    steps: paymentSteps(state.payment.method, { ownOrder: false, inSteps, cardToken }),
    pivot: 'collect',
    ...apartBy(state),
  }
}

async function payable(ctx: FlowCtx, request: PayOrder): Promise<PayState> {
  const { orderId, idempotencyKey, method } = request
  const found = await ctx.connections.readShared(payableRead, { orderId, idempotencyKey })
  if (!found) throw new Problem('not-found', { field: 'orderId' })
  await ctx.at('payment.quoted')
  const { endedTries, ...order } = found
  const reference = referenceOf(`order ${orderId}`, idempotencyKey, endedTries)
  return { idempotencyKey, orderId, ...order, payment: { method, paymentId: '', reference } }
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

/** Payments from one balance are one after the other: each rests on what the last has left. */
export const apartBy = ({ userId, payment }: PayableState): { apart?: string } =>
  payment?.method === 'balance' ? { apart: userId } : {}

interface PaymentHow {
  /**
   * The order is of the same request: it was written as `paying`, so that only this flow touches
   * it, and its own step undoes it. An order that was placed before is claimed, and a declined card
   * makes it due for cancelling.
   */
  ownOrder: boolean
  /** Of recovery: sagas of older versions have paid from a balance in steps too. */
  inSteps: boolean
  cardToken?: string | undefined
}

/** Claim the order, collect the money, settle: at once where all of it is the database's. */
export function paymentSteps<State extends PayableState>(
  method: 'balance' | 'card',
  { ownOrder, inSteps, cardToken = '' }: PaymentHow,
): Step<State>[] {
  if (method === 'card') return [claim(ownOrder), collectByCard(cardToken), settle]
  if (inSteps) return [claim(ownOrder), collectFromBalance, settle]
  return [payFromBalance(ownOrder)]
}

function claim(ownOrder: boolean): Step<PayableState> {
  return {
    name: 'claim',
    kind: 'db',
    async run(ctx, state, db) {
      if (!ownOrder) claimPending(db, state.orderId, 'paying')
      await writePayments([{ ctx, state }], db, 'sent')
      await ctx.at('payment.claimed', db)
    },
    async undo(ctx, state, db) {
      const { paymentId, declined } = partOf(state)
      await endPayment(ctx, db, paymentId, declined ? 'declined' : 'failed')
      if (ownOrder) return
      const dueAt = declined ? momentFromNow() : sql`expires_at`
      await db.change(sql`update orders set status = 'pending', expires_at = ${dueAt}
          where id = ${state.orderId} and status = 'paying'`)
    },
  }
}

const settle: Step<PayableState> = {
  name: 'settle',
  kind: 'db',
  async run(ctx, state, db) {
    const { orderId } = state
    await endPayment(ctx, db, partOf(state).paymentId, 'captured')
    const paid = sql`
      update orders set status = 'paid' where id = ${orderId} and status = 'paying'`
    moveRow(db, `order ${orderId}`, paid)
    await announce([{ ctx, state }], db)
  },
}
