import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type { Database } from '../db/connections.ts'
import { afterWriting } from '../errors.ts'
import { cancelOrder } from '../flows/cancel-order.ts'
import { orderLimits } from '../flows/carts.ts'
import { placeOrder } from '../flows/place-order.ts'
import { orderIdByKey, readOrder } from '../flows/read-order.ts'
import {
  couponNumberSchema,
  idSchema,
  type Order,
  orderSchema,
  quantitySchema,
} from '../flows/shapes.ts'
import type { Reply } from '../keys/key-claims.ts'
import { body, created, get, ok, post } from './describe-route.ts'
import { mount } from './endpoint.ts'
import { once } from './once.ts'
import type { RouteDeps } from './route-deps.ts'
import { idParameter, keyHeader, payWithSchema } from './schemas.ts'

const items = z
  .array(z.strictObject({ optionId: idSchema, quantity: quantitySchema }))
  .min(1)
  .max(orderLimits.lines)
  .refine((lines) => new Set(lines.map(({ optionId }) => optionId)).size === lines.length, {
    message: 'each option at most once',
  })

const placeSchema = z
  .strictObject({
    userId: idSchema,
    items: items.optional(),
    fromCart: z.literal(true).optional(),
    coupon: couponNumberSchema.optional(),
    payment: payWithSchema.optional(),
  })
  .refine(({ items, fromCart }) => (items === undefined) !== (fromCart === undefined), {
    message: 'give either items or fromCart: true',
    path: ['items'],
  })
  .openapi('PlaceOrder')

const create = createRoute({
  ...post('/api/v1/orders', 'Place an order from items or the cart, and pay for it if asked to'),
  request: { headers: keyHeader, body: body(placeSchema) },
  responses: created(
    orderSchema,
    'The order',
    'The order; its payment is unknown until the bank answers',
  ),
})

const read = createRoute({
  ...get('/api/v1/orders/{id}', 'Read an order'),
  request: { params: idParameter('id') },
  responses: ok(orderSchema, 'The order'),
})

const cancel = createRoute({
  ...post('/api/v1/orders/{id}/cancel', 'Cancel a pending order and give its stock back'),
  request: { params: idParameter('id') },
  responses: ok(orderSchema, 'The order'),
})

export function mountOrders(app: OpenAPIHono, deps: RouteDeps): void {
  mount(app, deps, 'orders.create', create, (c, ctx) => {
    const payload = c.req.valid('json')
    const { userId, items, coupon, payment } = payload
    return once(c, deps, ctx, {
      payload,
      run: async (idempotencyKey, keepReply) => {
        const keep = (db: Database, order: Order) => keepReply(db, replyOf(order))
        return replyOf(
          await placeOrder(ctx, { userId, idempotencyKey, items, coupon, payment, keep }),
        )
      },
      find: async (key) => {
        const id = await orderIdByKey(ctx, key, userId)
        return id === undefined ? undefined : replyOf(await readOrder(ctx, id))
      },
    })
  })
  mount(app, deps, 'orders.read', read, async (c, ctx) =>
    c.json(await readOrder(ctx, c.req.valid('param').id ?? ''), 200),
  )
  mount(app, deps, 'orders.cancel', cancel, async (c, ctx) => {
    const id = c.req.valid('param').id ?? ''
    await cancelOrder(ctx, id, 'customer')
    return c.json(await afterWriting(readOrder(ctx, id)), 200)
  })
}

function replyOf(order: Order): Reply {
  const isOpen = order.payment?.status === 'unknown' || order.payment?.status === 'sent'
  return { status: isOpen ? 202 : 201, body: order }
}
