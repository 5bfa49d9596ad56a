import type { OpenAPIHono, RouteConfig, RouteHandler } from '@hono/zod-openapi'
import type { MiddlewareHandler } from 'hono'
import { tallied } from '../db/sql-tally.ts'
import { withDeadline } from '../deadline.ts'
import type { FlowCtx } from '../designs/flow-ctx.ts'
import { invalidInput, Problem } from '../errors.ts'
import { logError } from '../log.ts'
import type { RequestSql } from '../metrics/sql.ts'
import { toResponse } from '../problem.ts'
import { requestIdOf } from '../request-id.ts'
import type { RouteName } from '../route-names.ts'
import { admits } from './admit.ts'
import { choosesDesign } from './choose-design.ts'
import { named } from './describe-route.ts'
import { offerToShadows } from './offer-to-shadows.ts'
import { parsesBody, readsBody } from './read-body.ts'
import { attemptOf, refuse, setClientPolicy, setEpoch } from './request.ts'
import type { RouteDeps } from './route-deps.ts'

declare module 'hono' {
  interface ContextVariableMap {
    /** What fails before the handler is counted under it. */
    routeName?: RouteName
    arrivedMs: number
  }
}

type RouteContext<R extends RouteConfig> = Parameters<RouteHandler<R>>[0]
type Answer = Response | Promise<Response>

/**
 * Mounts one route: reads the body, resolves the design, lets the request in or refuses it, makes
 * the context, runs the handler, counts, and names the design in the answer. The deadline counts
 * from the arrival; the body may take half of it.
 * @param name bounded name for metrics, faults and logs, e.g. `orders.create`
 */
export function mount<R extends RouteConfig>(
  app: OpenAPIHono,
  deps: RouteDeps,
  name: RouteName,
  route: R,
  handle: (c: RouteContext<R>, ctx: FlowCtx) => Answer,
): void {
  const { inFlight } = deps.meter
  const record = deps.meter.route(name)
  const openSql = deps.meter.sql?.(name)
  const recordDesign = deps.designMeter.route(name)
  const handler = async (c: RouteContext<R>) => {
    const startedMs = performance.now()
    inFlight.now += 1
    try {
      const response = await answer(deps, name, c, handle, openSql?.())
      const durationMs = performance.now() - startedMs
      record(response.status, durationMs, attemptOf(c))
      const { design, mix } = c.get('chosen') ?? {}
      if (design) recordDesign?.({ design, mix }, response.status, durationMs)
      offerToShadows(deps, name, c, response, (ctx) => handle(c, ctx))
      return response
    } finally {
      inFlight.now -= 1
    }
  }
  const hasBody = route.request?.body !== undefined
  const reads = hasBody ? readsBody(deps.bodies) : undefined
  const parses = hasBody ? parsesBody : undefined
  const chooses = choosesDesign(deps, name)
  const middleware = [arrives(name), reads, chooses, admits(deps, name), parses]
  const guarded = {
    ...named(name, route),
    middleware: middleware.filter((one) => one !== undefined),
  }
  app.openapi(guarded, handler as unknown as RouteHandler<R>, (result, c) => {
    if (result.success) return undefined
    record(400, 0, attemptOf(c))
    return refuse(deps, name, invalidInput('invalid-request', result.error.issues), c)
  })
}

/**
 * Mounts a route that has no design and waits for nothing: counted, and with the client policy as
 * any other, at next to no cost.
 */
export function mountPlain<R extends RouteConfig>(
  app: OpenAPIHono,
  deps: RouteDeps,
  name: RouteName,
  route: R,
  handle: (c: RouteContext<R>) => Response,
): void {
  const record = deps.meter.route(name)
  const handler = (c: RouteContext<R>) => {
    const startedMs = performance.now()
    const response = handle(c)
    setEpoch(response, deps.flags.health().epoch)
    setClientPolicy(deps, name, response, c)
    record(response.status, performance.now() - startedMs, 0)
    return response
  }
  app.openapi(named(name, route), handler as unknown as RouteHandler<R>)
}

function arrives(name: RouteName): MiddlewareHandler {
  return (c, next) => {
    c.set('routeName', name)
    c.set('arrivedMs', performance.now())
    return next()
  }
}

async function answer<R extends RouteConfig>(
  deps: RouteDeps,
  name: string,
  c: RouteContext<R>,
  handle: (c: RouteContext<R>, ctx: FlowCtx) => Answer,
  sql: RequestSql | undefined,
): Promise<Response> {
  const { design, epoch, unit, problem } = c.get('chosen') ?? { epoch: undefined }
  let response: Response
  try {
    if (!design) throw problem
    const own = deps.options.ctx(design, name, unit)
    const ctx = sql ? counted(own, sql) : own
    const leftMs = deps.requestTimeoutMs - (performance.now() - c.get('arrivedMs'))
    response = await inTime(handle(c, ctx), leftMs)
  } catch (error) {
    if (!(error instanceof Problem)) logError(name, error)
    response = toResponse(error, requestIdOf(c.req.raw.headers))
  }
  sql?.ended()
  if (design) response.headers.set('x-design', design.label)
  setEpoch(response, epoch)
  setClientPolicy(deps, name, response, c)
  return response
}

/** What the request runs by itself; a batch that it is in runs on the process's connections. */
function counted(ctx: FlowCtx, sql: RequestSql): FlowCtx {
  return { ...ctx, connections: tallied(ctx.connections, sql), side: tallied(ctx.side, sql) }
}

async function inTime(work: Answer, timeoutMs: number): Promise<Response> {
  if (work instanceof Response) return work
  return await withDeadline(work, timeoutMs, () => {
    throw new Problem('deadline-exceeded')
  })
}
