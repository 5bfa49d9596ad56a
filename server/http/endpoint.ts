import type { OpenAPIHono, RouteConfig, RouteHandler } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { type Ctx, createCtx, type Parts } from '../ctx.ts'
import { type Design, parseDesign } from '../designs/design.ts'
import { Problem, toResponse } from '../errors.ts'
import type { RequestMeter } from '../metrics/requests.ts'

/** What every route is mounted with. */
export interface Kit {
  parts: Parts
  /** The process's default design; PUT /designs replaces it. */
  defaultDesign: { current: Design }
  meter: RequestMeter
  /** An answer is given by then, whatever the handler still waits for. */
  requestTimeoutMs: number
}

type RouteContext<R extends RouteConfig> = Parameters<RouteHandler<R>>[0]
type Answer = Response | Promise<Response>

/**
 * Mounts one route: resolves the design, makes the context, runs the handler under a deadline,
 * counts, and names the design in the answer.
 * @param name bounded name for metrics, faults and logs, e.g. `orders.create`
 */
export function mount<R extends RouteConfig>(
  app: OpenAPIHono,
  kit: Kit,
  name: string,
  route: R,
  handle: (c: RouteContext<R>, ctx: Ctx) => Answer,
): void {
  const record = kit.meter.route(name)
  const handler = async (c: RouteContext<R>) => {
    const startedMs = performance.now()
    const response = await answer(kit, name, c, handle)
    record(response.status, performance.now() - startedMs, attemptOf(c))
    return response
  }
  app.openapi(route, handler as unknown as RouteHandler<R>, (result, c) => {
    if (result.success) return undefined
    record(400, 0, attemptOf(c))
    return toResponse(invalid(result.error.issues), requestIdOf(c))
  })
}

async function answer<R extends RouteConfig>(
  kit: Kit,
  name: string,
  c: RouteContext<R>,
  handle: (c: RouteContext<R>, ctx: Ctx) => Answer,
): Promise<Response> {
  let design: Design | undefined
  let response: Response
  try {
    design = designOf(kit, c)
    const ctx = createCtx(kit.parts, design, name)
    response = await withDeadline(handle(c, ctx), kit.requestTimeoutMs)
  } catch (error) {
    if (!(error instanceof Problem)) console.error(`${name}:`, error)
    response = toResponse(error, requestIdOf(c))
  }
  if (design) response.headers.set('x-design', design.label)
  const policy = kit.parts.chaos.clientPolicy(name)
  if (policy) response.headers.set('x-client-policy', policy)
  return response
}

function designOf(kit: Kit, c: Context): Design {
  const asked = c.req.header('x-design')
  const { current } = kit.defaultDesign
  return asked === undefined ? current : parseDesign(asked, current)
}

async function withDeadline(work: Answer, timeoutMs: number): Promise<Response> {
  if (work instanceof Response) return work
  let timer: ReturnType<typeof setTimeout> | undefined
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Problem('deadline-exceeded')), timeoutMs)
  })
  try {
    return await Promise.race([work, deadline])
  } finally {
    clearTimeout(timer)
  }
}

/** Number of this try as the client counts them: 1 is a new intent. */
function attemptOf(c: Context): number {
  return Number(c.req.header('x-attempt') ?? 0)
}

export function requestIdOf(c: Context): string {
  return c.req.header('x-request-id')?.slice(0, 64) ?? crypto.randomUUID()
}

/** The first of the schema's complaints, with the path of its field. */
export function invalid(issues: readonly { path: PropertyKey[]; message: string }[]): Problem {
  const [first] = issues
  const field = first?.path.join('.') ?? ''
  const detail = field ? `${field}: ${first?.message}` : (first?.message ?? 'invalid')
  return new Problem('invalid-request', { detail, field: field || 'body' })
}
