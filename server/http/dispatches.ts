import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { claimOrder, finishOrder, listWaiting, takeOrder } from '../flows/dispatch-order.ts'
import { dispatchSchema, pickSchema } from '../flows/shapes.ts'
import { body, get, json, ok, post, refused } from './describe-route.ts'
import { mount } from './endpoint.ts'
import type { RouteDeps } from './route-deps.ts'
import { idParameter, wholeNumber } from './schemas.ts'

const workerSchema = z
  .strictObject({
    workerId: z
      .string()
      .regex(/^[\w.-]{1,64}$/, 'must be 1 to 64 of A-Z a-z 0-9 _ . -')
      .openapi({ example: 'picker-7' }),
  })
  .openapi('WarehouseWorker')

const list = createRoute({
  ...get('/api/v1/dispatches', 'List paid orders that wait for a worker, the lowest number first'),
  request: { query: z.object({ limit: wholeNumber(1, 100, 20) }) },
  responses: ok(z.object({ items: z.array(dispatchSchema) }), 'They wait'),
})

const take = createRoute({
  ...post(
    '/api/v1/dispatches',
    'Take the next paid order, as the design chooses it; it is lent for ten minutes',
  ),
  request: { body: body(workerSchema) },
  responses: {
    200: json(pickSchema, 'The order to pick'),
    204: { description: 'None waits' },
    ...refused,
  },
})

const claim = createRoute({
  ...post(
    '/api/v1/dispatches/{orderId}/claim',
    'Take a paid order of one’s own choice, in any design',
  ),
  request: { params: idParameter('orderId'), body: body(workerSchema) },
  responses: ok(pickSchema, 'The order to pick'),
})

const done = createRoute({
  ...post('/api/v1/dispatches/{orderId}/done', 'Say that an order one has taken is picked'),
  request: { params: idParameter('orderId'), body: body(workerSchema) },
  responses: ok(pickSchema, 'The order'),
})

export function mountDispatches(app: OpenAPIHono, deps: RouteDeps): void {
  mount(app, deps, 'dispatches.list', list, async (c, ctx) =>
    c.json({ items: await listWaiting(ctx, c.req.valid('query').limit) }, 200),
  )
  mount(app, deps, 'dispatches.take', take, async (c, ctx) => {
    const order = await takeOrder(ctx, c.req.valid('json').workerId)
    return order ? c.json(order, 200) : c.body(null, 204)
  })
  mount(app, deps, 'dispatches.claim', claim, async (c, ctx) => {
    const orderId = c.req.valid('param').orderId ?? ''
    return c.json(await claimOrder(ctx, orderId, c.req.valid('json').workerId), 200)
  })
  mount(app, deps, 'dispatches.done', done, async (c, ctx) => {
    const orderId = c.req.valid('param').orderId ?? ''
    return c.json(await finishOrder(ctx, orderId, c.req.valid('json').workerId), 200)
  })
}
