import type { Database } from '../db/connections.ts'
import type { FlowCtx } from '../designs/flow-ctx.ts'
import type { Reply } from '../keys/key-claims.ts'
import type { OnceRequest } from '../keys/run-once.ts'
import { type PlaceOrder, placeOrder } from './place-order.ts'
import { orderIdByKey, readOrder } from './read-order.ts'
import type { Order } from './shapes.ts'

/** An order as the body of its request has it. */
export type OrderBody = Pick<PlaceOrder, 'userId'> &
  Partial<Pick<PlaceOrder, 'items' | 'coupon' | 'payment'>>

/** Places an order once per key, within its request or in a worker. */
export const orderOnce = (
  ctx: FlowCtx,
  { userId, items, coupon, payment }: OrderBody,
): OnceRequest => ({
  run: async (idempotencyKey, keepReply) => {
    const keep = (db: Database, order: Order) => keepReply(db, replyOf(order))
    return replyOf(await placeOrder(ctx, { userId, idempotencyKey, items, coupon, payment, keep }))
  },
  find: async (key) => {
    const id = await orderIdByKey(ctx, key, userId)
    return id === undefined ? undefined : replyOf(await readOrder(ctx, id))
  },
})

function replyOf(order: Order): Reply {
  const isOpen = order.payment?.status === 'unknown' || order.payment?.status === 'sent'
  return { status: isOpen ? 202 : 201, body: order }
}
