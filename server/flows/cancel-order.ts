import { sql } from 'drizzle-orm'
import { changeOne, momentFromNow, moveRow } from '../db/statements.ts'
import type { FlowCtx } from '../designs/flow-ctx.ts'
import type { Flow, Step } from '../designs/transaction/transaction.ts'
import { Problem } from '../errors.ts'
import { giveBackLines, type HeldLine } from './order-lines.ts'
import { lineKind } from './read-order.ts'
import { giveCouponBack } from './redeem-coupon.ts'

export type CancelReason = 'customer' | 'expired' | 'declined'

export interface CancelState {
  orderId: string
  reason: CancelReason
  /** Whose order it is. Sagas of older versions lack it, and have no line that asks for it. */
  userId: string
  lines: HeldLine[]
}

/**
 * Cancels a pending order and gives its stock back; cancelling twice is fine.
 * @throws Problem `not-found`, `order-not-cancellable` (paid, or being paid)
 */
export async function cancelOrder(
  ctx: FlowCtx,
  orderId: string,
  reason: CancelReason,
): Promise<void> {
  const rows = await ctx.connections.rows<
    Required<HeldLine> & { status: string; userId: string }
  >(sql`
      select o.status, o.user_id as userId, i.option_id as optionId, i.quantity, i.units,
             ${lineKind} as kind
      from orders o join order_items i on i.order_id = o.id
      left join product_options p on p.id = i.option_id
      where o.id = ${orderId} order by i.id`)
  const [first] = rows
  if (!first) throw new Problem('not-found', { field: 'id' })
  if (first.status === 'cancelled' || first.status === 'cancelling') return
  const lines = rows.map(({ status, userId, ...line }) => line)
  const state = { orderId, reason, userId: first.userId, lines }
  await ctx.design.transaction.execute(ctx, cancelOrderFlow(state), state)
  ctx.observer.orderEnded('cancelled')
}

export function cancelOrderFlow(state: CancelState): Flow<CancelState> {
  return {
    kind: 'cancel-order',
    // Not a key that a client can send.
    idempotencyKey: `cancel#${state.orderId}`,
    steps: [begin, giveBackLines(state.lines), finish],
    pivot: 'begin',
  }
}

const begin: Step<CancelState> = {
  name: 'begin',
  kind: 'db',
  async run(_ctx, { orderId, reason }, db) {
    const begun = sql`
      update orders set status = 'cancelling', cancel_reason = ${reason},
             cancelled_at = ${momentFromNow()}
      where id = ${orderId} and status = 'pending'`
    changeOne(db, begun, () => new Problem('order-not-cancellable'))
  },
}

const finish: Step<CancelState> = {
  name: 'finish',
  kind: 'db',
  async run(_ctx, { orderId }, db) {
    const done = sql`
      update orders set status = 'cancelled' where id = ${orderId} and status = 'cancelling'`
    moveRow(db, `order ${orderId}`, done)
    await giveCouponBack(db, orderId)
  },
}
