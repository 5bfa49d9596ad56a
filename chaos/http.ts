import type { OpenAPIHono, z } from '@hono/zod-openapi'
import type { Context, Hono, MiddlewareHandler } from 'hono'
import { bearerAuth } from 'hono/bearer-auth'
import { HTTPException } from 'hono/http-exception'
import { invalidInput, Problem } from '../server/errors.ts'
import type { BoardControl } from './board.ts'
import { eventsOf } from './events.ts'
import * as routes from './routes.ts'

/** Where the board is: in this process, or in another one that is asked in its place. */
export type BoardAccess =
  | { control: BoardControl; stopping: AbortSignal }
  | { forward(c: Context): Promise<Response> }

/**
 * Requires the token on everything below a path (hashed and compared in constant time by Hono).
 * @param methods the methods that need it; all when absent
 */
export function guard(
  app: Hono | OpenAPIHono,
  path: string,
  token: string,
  methods?: string[],
): void {
  const routes = app as Hono
  const verify = bearerAuth({ token })
  const check: MiddlewareHandler = (c, next) =>
    verify(c, next).catch((cause) => {
      throw cause instanceof HTTPException
        ? new Problem('unauthorized', { field: 'authorization', cause })
        : cause
    })
  if (methods) routes.on(methods, path, check)
  else routes.use(path, check)
}

/** Mounts the chaos routes; the caller guards `/chaos/*`, or does not mount them at all. */
export function mountChaos(app: OpenAPIHono, access: BoardAccess): void {
  if ('forward' in access) {
    // Not validated here: the board judges what is forwarded to it.
    for (const route of routes.routes) {
      app.openAPIRegistry.registerPath(route)
      app.on(route.method.toUpperCase(), route.getRoutingPath(), access.forward)
    }
    return
  }
  const { control: board, stopping } = access
  const all = async (c: Context) => {
    await board.obeyed()
    return c.json({ faults: board.list() }, 200) as never
  }
  const one = async (c: Context, name: string) => {
    await board.obeyed()
    return c.json(board.one(name), 200) as never
  }
  app.openapi(routes.list, all)
  app.openapi(routes.put, async (c) => {
    const body: unknown = await c.req.json()
    const { name } = c.req.valid('param')
    board.put(name, body)
    return await one(c, name)
  })
  app.openapi(routes.remove, async (c) => {
    const { name } = c.req.valid('param')
    board.remove(name)
    return await one(c, name)
  })
  app.openapi(routes.reset, async (c) => {
    board.reset()
    return await all(c)
  })
  app.openapi(
    routes.renew,
    (c) => c.json({ faults: board.renew(c.req.valid('param').holder) }, 200),
    refuse,
  )
  app.openapi(
    routes.release,
    async (c) => {
      board.release(c.req.valid('param').holder)
      return await all(c)
    },
    refuse,
  )
  app.openapi(
    routes.history,
    (c) => c.json({ changes: board.history(c.req.valid('query').after) as never[] }, 200),
    refuse,
  )
  const events = eventsOf(board, stopping)
  app.openapi(routes.events, (c) => events(c) as never)
}

/** Of a path or a query that is not as its route has it. */
function refuse(result: { success: true } | { success: false; error: z.ZodError }): undefined {
  if (!result.success) throw invalidInput('invalid-request', result.error.issues)
}
