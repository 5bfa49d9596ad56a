import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { claimOrder, finishOrder, listWaiting, takeOrder } from '../flows/dispatch-order.ts'
import { mount } from './endpoint.ts'
import type { RouteDeps } from './route-deps.ts'
import {
  body,
  idParameter,
  idSchema,
  json,
  quantitySchema,
  refused,
  wholeNumber,
} from './schemas.ts'

const workerSchema = z
  .strictObject({
    workerId: z
      .string()
      .regex(/^[\w.-]{1,64}$/, 'must be 1 to 64 of A-Z a-z 0-9 _ . -')
      .openapi({ example: 'picker-7' }),
  })
  .openapi('WarehouseWorker')

const dispatchSchema = z
  .object({
    orderId: idSchema,
    status: z.enum(['waiting', 'taken', 'done']),
    workerId: z.string().nullable(),
    queuedAt: z.iso.datetime(),
    takenAt: z.iso.datetime().nullable(),
  })
  .openapi('Dispatch')

const pickSchema = dispatchSchema
  .extend({ items: z.array(z.object({ optionId: idSchema, quantity: quantitySchema })) })
  .openapi('OrderToPick')

const list = createRoute({
  method: 'get',
  path: '/api/v1/dispatches',
  summary: 'List paid orders that wait for a worker, the lowest number first',
  request: { query: z.object({ limit: wholeNumber(1, 100, 20) }) },
  responses: { 200: json(z.object({ items: z.array(dispatchSchema) }), 'They wait'), ...refused },
})

const take = createRoute({
  method: 'post',
  path: '/api/v1/dispatches',
  summary: 'Take the next paid order, as the design chooses it; it is lent for ten minutes',
  request: { body: body(workerSchema) },
  responses: {
    200: json(pickSchema, 'The order to pick'),
    204: { description: 'None waits' },
    ...refused,
  },
})

const claim = createRoute({
  method: 'post',
  path: '/api/v1/dispatches/{orderId}/claim',
  summary: 'Take a paid order of one’s own choice, in any design',
  request: { params: idParameter('orderId'), body: body(workerSchema) },
  responses: { 200: json(pickSchema, 'The order to pick'), ...refused },
})

const done = createRoute({
  method: 'post',
  path: '/api/v1/dispatches/{orderId}/done',
  summary: 'Say that an order one has taken is picked',
  request: { params: idParameter('orderId'), body: body(workerSchema) },
  responses: { 200: json(pickSchema, 'The order'), ...refused },
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
