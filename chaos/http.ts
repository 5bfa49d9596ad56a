import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type { MiddlewareHandler } from 'hono'
import { bearerAuth } from 'hono/bearer-auth'
import { HTTPException } from 'hono/http-exception'
import { Problem } from '../server/errors.ts'
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

/** The shop's own schema, by name: chaos knows the server only as its hook. */
const problem = { $ref: '#/components/schemas/Problem' }

const json = <Schema extends z.ZodType>(schema: Schema, description: string) => ({
  200: { description, content: { 'application/json': { schema } } },
  default: {
    description: 'A problem',
    content: { 'application/problem+json': { schema: problem } },
  },
})

const name = z.object({ name: z.string().openapi({ example: 'slow-query' }) })
const settings = z.unknown().openapi({
  type: 'object',
  description: 'The settings of this fault; what is left out has its default',
  example: { latencyMs: 200, ttlSeconds: 30, target: { route: 'orders.create' } },
})
const board = json(z.object({ faults: z.array(faultState) }), 'The board')
const oneFault = json(faultState, 'The fault')

/** What each route begins with. */
const head = <const Method extends 'get' | 'put' | 'delete' | 'post', const Path extends string>(
  method: Method,
  path: Path,
  operationId: string,
  summary: string,
) => ({ method, path, operationId, summary, tags: ['chaos'], security: [{ bearer: [] }] })

const list = createRoute({
  ...head('get', '/chaos/faults', 'faultsList', 'All faults, which are on, and what each has done'),
  responses: board,
})

const put = createRoute({
  ...head(
    'put',
    '/chaos/faults/{name}',
    'faultsPut',
    'Switch a fault on, or replace its settings and start its time again',
  ),
  request: {
    params: name,
    body: { required: true, content: { 'application/json': { schema: settings } } },
  },
  responses: oneFault,
})

const remove = createRoute({
  ...head('delete', '/chaos/faults/{name}', 'faultsRemove', 'Switch a fault off'),
  request: { params: name },
  responses: oneFault,
})

const reset = createRoute({
  ...head('post', '/chaos/reset', 'faultsReset', 'Switch every fault off'),
  responses: board,
})

/**
 * Requires the token on everything below a path (hashed and compared in constant time by Hono).
 * @param methods the methods that need it; all when absent
 */
export function guard(app: OpenAPIHono, path: string, token: string, methods?: string[]): void {
  const verify = bearerAuth({ token })
  const check: MiddlewareHandler = (c, next) =>
    verify(c, next).catch((cause) => {
      throw cause instanceof HTTPException
        ? new Problem('unauthorized', { field: 'authorization', cause })
        : cause
    })
  if (methods) app.on(methods, path, check)
  else app.use(path, check)
}

/** Mounts the chaos routes; the caller guards `/chaos/*`, or does not mount them at all. */
export function mountChaos(app: OpenAPIHono, board: Board): void {
  app.openapi(list, (c) => c.json({ faults: board.list() as never[] }, 200))
  app.openapi(put, async (c) => {
    const body: unknown = await c.req.json()
    return c.json(board.put(c.req.valid('param').name, body) as never, 200)
  })
  app.openapi(remove, (c) => c.json(board.remove(c.req.valid('param').name) as never, 200))
  app.openapi(reset, (c) => {
    board.reset()
    return c.json({ faults: board.list() as never[] }, 200)
  })
}
