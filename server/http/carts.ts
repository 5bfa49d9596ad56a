import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { addToCart, listCart, removeFromCart } from '../flows/carts.ts'
import { cartItemSchema, idSchema, quantitySchema } from '../flows/shapes.ts'
import { body, del, get, json, ok, post, refused } from './describe-route.ts'
import { mount } from './endpoint.ts'
import type { RouteDeps } from './route-deps.ts'
import { idParameter } from './schemas.ts'

const cart = createRoute({
  ...get('/api/v1/carts/{userId}', 'List a cart'),
  request: { params: idParameter('userId') },
  responses: ok(z.object({ items: z.array(cartItemSchema) }), 'The cart'),
})

const cartAdd = createRoute({
  ...post('/api/v1/carts/{userId}/items', 'Put an option into the cart'),
  request: {
    params: idParameter('userId'),
    body: body(
      z.strictObject({ optionId: idSchema, quantity: quantitySchema }).openapi('AddToCart'),
    ),
  },
  responses: { 201: json(cartItemSchema, 'The cart line'), ...refused },
})

const cartRemove = createRoute({
  ...del('/api/v1/carts/{userId}/items/{itemId}', 'Take a line out of the cart'),
  request: { params: z.object({ userId: idSchema, itemId: idSchema }) },
  responses: { 204: { description: 'Gone' }, ...refused },
})

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
