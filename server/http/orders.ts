import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { afterWriting } from '../errors.ts'
import { cancelOrder } from '../flows/cancel-order.ts'
import { orderLimits } from '../flows/carts.ts'
import { orderOnce } from '../flows/order-once.ts'
import { readOrder } from '../flows/read-order.ts'
import { couponNumberSchema, idSchema, orderSchema, quantitySchema } from '../flows/shapes.ts'
import { body, get, json, ok, post, refused } from './describe-route.ts'
import { mount } from './endpoint.ts'
import { intakeSchema, replyTaken } from './intakes.ts'
import { identityOf, once } from './once.ts'
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
  responses: {
    201: json(orderSchema, 'The order'),
    202: json(
      z.union([orderSchema, intakeSchema]),
      'The order, whose payment is unknown until the bank answers; or its intake, which a worker ' +
        'places: ask at `location`',
    ),
    ...refused,
  },
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
  mount(app, deps, 'orders.create', create, async (c, ctx) => {
    const payload = c.req.valid('json')
    const { admission } = ctx.design
    // A shadow is compared by what it places.
    if (!admission.takeIn || ctx.isShadow) {
      return await once(c, deps, ctx, { payload, ...orderOnce(ctx, payload) })
    }
    const asked = { ...identityOf(c, payload), userId: payload.userId, payload }
    return await replyTaken(c, ctx, await admission.takeIn(ctx, asked))
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
