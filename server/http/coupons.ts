import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { issueCoupons, readCoupon, refuseWrongKey } from '../flows/coupons.ts'
import { couponNumberSchema, couponSchema, couponsIssuedSchema, idSchema } from '../flows/shapes.ts'
import { body, get, json, ok, post, refused } from './describe-route.ts'
import { mount } from './endpoint.ts'
import type { RouteDeps } from './route-deps.ts'

/** Coupons of one request. */
const quantityMax = 100

const askSchema = z
  .strictObject({
    partner: z
      .string()
      .regex(/^[a-z0-9-]{1,32}$/, 'must be 1 to 32 of a-z 0-9 -')
      .openapi({ example: 'partner-1' }),
    product: idSchema,
    quantity: z.int().min(1).max(quantityMax).openapi({ example: 10 }),
    requestId: z
      .string()
      .regex(/^[A-Za-z0-9._:-]{1,80}$/, 'must be 1 to 80 of A-Z a-z 0-9 . _ : -')
      .openapi({ example: 'batch-7' }),
  })
  .openapi('AskForCoupons')

const keyHeader = z.object({
  'x-partner-key': z
    .string()
    .max(256)
    .optional()
    .openapi({
      // Missing is refused as a wrong one is.
      param: { required: true },
      description: 'Required. The key of the partner that the body names.',
      example: 'key-of-partner-1',
    }),
})

const issue = createRoute({
  ...post(
    '/api/v1/coupons',
    'Issue coupons to a partner, all or none; the same request id gets the same coupons',
  ),
  request: { headers: keyHeader, body: body(askSchema) },
  responses: { 201: json(couponsIssuedSchema, 'The coupons'), ...refused },
})

const read = createRoute({
  ...get('/api/v1/coupons/{number}', 'Read a coupon, and which order has redeemed it'),
  request: {
    params: z.object({
      number: couponNumberSchema.openapi({ param: { name: 'number', in: 'path' } }),
    }),
  },
  responses: ok(couponSchema, 'The coupon'),
})

export function mountCoupons(app: OpenAPIHono, deps: RouteDeps): void {
  mount(app, deps, 'coupons.issue', issue, async (c, ctx) => {
    const { partner, product, quantity, requestId } = c.req.valid('json')
    await refuseWrongKey(ctx, partner, c.req.header('x-partner-key') ?? '')
    const request = { partnerId: partner, productId: product, quantity, requestId }
    return c.json(await issueCoupons(ctx, request), 201)
  })
  mount(app, deps, 'coupons.read', read, async (c, ctx) =>
    c.json(await readCoupon(ctx, c.req.valid('param').number), 200),
  )
}
