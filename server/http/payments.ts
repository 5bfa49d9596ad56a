import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type { Database } from '../db/connections.ts'
import { payOrder } from '../flows/pay-order.ts'
import { paymentIdByKey, readPayment } from '../flows/read-order.ts'
import { idSchema, type Payment, paymentSchema } from '../flows/shapes.ts'
import type { Reply } from '../keys/key-claims.ts'
import { body, created, get, ok, post } from './describe-route.ts'
import { mount } from './endpoint.ts'
import { once } from './once.ts'
import type { RouteDeps } from './route-deps.ts'
import { cardTokenSchema, idParameter, keyHeader } from './schemas.ts'

const paySchema = z
  .discriminatedUnion('method', [
    z.strictObject({ orderId: idSchema, method: z.literal('balance') }),
    z.strictObject({ orderId: idSchema, method: z.literal('card'), cardToken: cardTokenSchema }),
  ])
  .openapi('PayOrder')

const create = createRoute({
  ...post('/api/v1/payments', 'Pay a pending order by balance or card'),
  request: { headers: keyHeader, body: body(paySchema) },
  responses: created(
    paymentSchema,
    'The captured payment',
    'The bank gave no answer; read the payment later',
  ),
})

const read = createRoute({
  ...get('/api/v1/payments/{id}', 'Read a payment'),
  request: { params: idParameter('id') },
  responses: ok(paymentSchema, 'The payment'),
})

export function mountPayments(app: OpenAPIHono, deps: RouteDeps): void {
  mount(app, deps, 'payments.create', create, (c, ctx) => {
    const payload = c.req.valid('json')
    return once(c, deps, ctx, {
      payload,
      run: async (idempotencyKey, keepReply) => {
        const keep = (db: Database, payment: Payment) => keepReply(db, replyOf(payment))
        return replyOf(await payOrder(ctx, { ...payload, idempotencyKey, keep }))
      },
      find: async (key) => {
        const id = await paymentIdByKey(ctx, key, payload.orderId)
        return id === undefined ? undefined : replyOf(await readPayment(ctx, id))
      },
    })
  })
  mount(app, deps, 'payments.read', read, async (c, ctx) =>
    c.json(await readPayment(ctx, c.req.valid('param').id ?? ''), 200),
  )
}

function replyOf(payment: Payment): Reply {
  return { status: payment.status === 'captured' ? 201 : 202, body: payment }
}
