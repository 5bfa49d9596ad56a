import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { addToCart, listCart, removeFromCart } from '../flows/carts.ts'
import { chargeBalance, readUser } from '../flows/users.ts'
import { mount } from './endpoint.ts'
import { once } from './once.ts'
import type { RouteDeps } from './route-deps.ts'
import {
  amountSchema,
  body,
  cartItemSchema,
  idParameter,
  idSchema,
  json,
  keyHeader,
  quantitySchema,
  refused,
  userSchema,
} from './schemas.ts'

const user = createRoute({
  method: 'get',
  path: '/api/v1/users/{id}',
  summary: 'Read a user and the balance',
  request: { params: idParameter('id') },
  responses: { 200: json(userSchema, 'The user'), ...refused },
})

const balance = createRoute({
  method: 'post',
  path: '/api/v1/users/{id}/balance',
  summary: 'Charge a balance',
  request: {
    params: idParameter('id'),
    headers: keyHeader,
    body: body(z.strictObject({ amountMinor: amountSchema }).openapi('ChargeBalance')),
  },
  responses: { 200: json(userSchema, 'The user'), ...refused },
})

const cart = createRoute({
  method: 'get',
  path: '/api/v1/carts/{userId}',
  summary: 'List a cart',
  request: { params: idParameter('userId') },
  responses: { 200: json(z.object({ items: z.array(cartItemSchema) }), 'The cart'), ...refused },
})

const cartAdd = createRoute({
  method: 'post',
  path: '/api/v1/carts/{userId}/items',
  summary: 'Put an option into the cart',
  request: {
    params: idParameter('userId'),
    body: body(
      z.strictObject({ optionId: idSchema, quantity: quantitySchema }).openapi('AddToCart'),
    ),
  },
  responses: { 201: json(cartItemSchema, 'The cart line'), ...refused },
})

const cartRemove = createRoute({
  method: 'delete',
  path: '/api/v1/carts/{userId}/items/{itemId}',
  summary: 'Take a line out of the cart',
  request: { params: z.object({ userId: idSchema, itemId: idSchema }) },
  responses: { 204: { description: 'Gone' }, ...refused },
})

export function mountUsers(app: OpenAPIHono, deps: RouteDeps): void {
  mount(app, deps, 'users.read', user, async (c, ctx) =>
    c.json(await readUser(ctx, c.req.valid('param').id ?? ''), 200),
  )
  mount(app, deps, 'users.charge', balance, (c, ctx) => {
    const payload = c.req.valid('json')
    const id = c.req.valid('param').id ?? ''
    return once(c, ctx, {
      payload,
      run: async (key) => ({
        status: 200,
        body: await chargeBalance(ctx, id, payload.amountMinor, key),
      }),
      find: async () => undefined,
    })
  })
}

export function mountCarts(app: OpenAPIHono, deps: RouteDeps): void {
  mount(app, deps, 'carts.list', cart, async (c, ctx) =>
    c.json({ items: await listCart(ctx, c.req.valid('param').userId ?? '') }, 200),
  )
  mount(app, deps, 'carts.add', cartAdd, async (c, ctx) => {
    const { optionId, quantity } = c.req.valid('json')
    const userId = c.req.valid('param').userId ?? ''
    return c.json(await addToCart(ctx, userId, optionId, quantity), 201)
  })
  mount(app, deps, 'carts.remove', cartRemove, async (c, ctx) => {
    const { userId, itemId } = c.req.valid('param')
    await removeFromCart(ctx, userId, itemId)
    return c.body(null, 204)
  })
}
