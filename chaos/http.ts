import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { bearerAuth } from 'hono/bearer-auth'
import type { Board } from './board.ts'

const faultState = z
  .object({
    name: z.string(),
    summary: z.string(),
    active: z.boolean(),
    settings: z.record(z.string(), z.unknown()).nullable(),
    remainingSeconds: z.number(),
    injected: z.int(),
  })
  .openapi('Fault')

const json = <Schema extends z.ZodType>(schema: Schema, description: string) => ({
  200: { description, content: { 'application/json': { schema } } },
})

const name = z.object({ name: z.string().openapi({ example: 'slow-query' }) })
const security = [{ bearer: [] }]

const list = createRoute({
  method: 'get',
  path: '/chaos/faults',
  summary: 'All faults, which are on, and what each has done',
  security,
  responses: json(z.object({ faults: z.array(faultState) }), 'The board'),
})

const put = createRoute({
  method: 'put',
  path: '/chaos/faults/{name}',
  summary: 'Switch a fault on, or replace its settings and start its time again',
  security,
  request: {
    params: name,
    body: { required: true, content: { 'application/json': { schema: z.unknown() } } },
  },
  responses: json(faultState, 'The fault'),
})

const remove = createRoute({
  method: 'delete',
  path: '/chaos/faults/{name}',
  summary: 'Switch a fault off',
  security,
  request: { params: name },
  responses: json(faultState, 'The fault'),
})

const reset = createRoute({
  method: 'post',
  path: '/chaos/reset',
  summary: 'Switch every fault off',
  security,
  responses: json(z.object({ faults: z.array(faultState) }), 'The board'),
})

/**
 * Requires the token on everything below a path (hashed and compared in constant time by Hono).
 * @param methods the methods that need it; all when absent
 */
export function guard(app: OpenAPIHono, path: string, token: string, methods?: string[]): void {
  const check = bearerAuth({ token })
  if (methods) app.on(methods, path, check)
  else app.use(path, check)
}

/** Mounts the chaos routes; a server without a token does not have them at all. */
export function mountChaos(app: OpenAPIHono, board: Board, token: string): void {
  guard(app, '/chaos/*', token)
  app.openapi(list, (c) => c.json({ faults: board.list() as never[] }, 200))
  app.openapi(put, async (c) => {
    const settings: unknown = await c.req.json()
    return c.json(board.put(c.req.valid('param').name, settings) as never, 200)
  })
  app.openapi(remove, (c) => c.json(board.remove(c.req.valid('param').name) as never, 200))
  app.openapi(reset, (c) => {
    board.reset()
    return c.json({ faults: board.list() as never[] }, 200)
  })
}
