import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { userSchema } from '../flows/shapes.ts'
import { chargeBalance, readUser } from '../flows/users.ts'
import { body, get, ok, post } from './describe-route.ts'
import { mount } from './endpoint.ts'
import { once } from './once.ts'
import type { RouteDeps } from './route-deps.ts'
import { amountSchema, idParameter, keyHeader } from './schemas.ts'

const user = createRoute({
  ...get('/api/v1/users/{id}', 'Read a user and the balance'),
  request: { params: idParameter('id') },
  responses: ok(userSchema, 'The user'),
})

const balance = createRoute({
  ...post('/api/v1/users/{id}/balance', 'Charge a balance'),
  request: {
    params: idParameter('id'),
    headers: keyHeader,
    body: body(z.strictObject({ amountMinor: amountSchema }).openapi('ChargeBalance')),
  },
  responses: ok(userSchema, 'The user'),
})

export function mountUsers(app: OpenAPIHono, deps: RouteDeps): void {
  mount(app, deps, 'users.read', user, async (c, ctx) =>
    c.json(await readUser(ctx, c.req.valid('param').id ?? ''), 200),
  )
  mount(app, deps, 'users.charge', balance, (c, ctx) => {
    const payload = c.req.valid('json')
    const id = c.req.valid('param').id ?? ''
    return once(c, deps, ctx, {
      payload,
      run: async (key) => ({
        status: 200,
        body: await chargeBalance(ctx, id, payload.amountMinor, key),
      }),
      find: async () => undefined,
    })
  })
}
