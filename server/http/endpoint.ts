import type { OpenAPIHono, RouteConfig, RouteHandler } from '@hono/zod-openapi'
import type { Context, MiddlewareHandler } from 'hono'
import { type Ctx, createCtx, type Parts } from '../ctx.ts'
import type { Doors } from '../designs/admission/doors.ts'
import { type Design, parseDesign } from '../designs/design.ts'
import { sameBook } from '../designs/stock/one-book.ts'
import { Problem, toResponse } from '../errors.ts'
import type { RequestMeter } from '../metrics/requests.ts'
import type { RouteName } from '../route-names.ts'
import { admits } from './admit.ts'
import { limitBody } from './body-limit.ts'

declare module 'hono' {
  interface ContextVariableMap {
    /** Set where a body is read: what fails before the handler is counted under it. */
    routeName?: RouteName
  }
}

/** What every route is mounted with. */
export interface Kit {
  parts: Parts
  /** The process's default design; PUT /designs replaces it. */
  defaultDesign: { current: Design }
  /** Who is in, whatever the design: all share one pool. */
  doors: Doors
  meter: RequestMeter
  /** An answer is given by then, whatever the handler still waits for. */
  requestTimeoutMs: number
}

/** Longest `x-design` that is read; every axis named takes about 200. */
const designLengthMax = 500
/** Bounds of what an answer repeats of the request: a client may make up names of any length. */
const fieldLengthMax = 100
const messageLengthMax = 300
const requestIdPattern = /^[\w.:-]{1,64}$/

type RouteContext<R extends RouteConfig> = Parameters<RouteHandler<R>>[0]
type Answer = Response | Promise<Response>

/**
 * Mounts one route: lets the request in or refuses it, resolves the design, makes the context, runs
 * the handler under a deadline, counts, and names the design in the answer.
 * @param name bounded name for metrics, faults and logs, e.g. `orders.create`
 */
export function mount<R extends RouteConfig>(
  app: OpenAPIHono,
  kit: Kit,
  name: RouteName,
  route: R,
  handle: (c: RouteContext<R>, ctx: Ctx) => Answer,
): void {
  const { inFlight } = kit.meter
  const record = kit.meter.route(name)
  const handler = async (c: RouteContext<R>) => {
    const startedMs = performance.now()
    inFlight.now += 1
    try {
      const response = await answer(kit, name, c, handle)
      record(response.status, performance.now() - startedMs, attemptOf(c))
      return response
    } finally {
      inFlight.now -= 1
    }
  }
  const middleware = [admits(kit, name), route.request?.body && readsBody(name)]
  const guarded = { ...route, middleware: middleware.filter((one) => one !== undefined) }
  app.openapi(guarded, handler as unknown as RouteHandler<R>, (result, c) => {
    if (result.success) return undefined
    record(400, 0, attemptOf(c))
    return refuse(kit, name, invalid(result.error.issues), c)
  })
}

/**
 * Mounts a route that has no design and waits for nothing: counted, and told to clients as any
 * other, at next to no cost.
 */
export function mountPlain<R extends RouteConfig>(
  app: OpenAPIHono,
  kit: Kit,
  name: RouteName,
  route: R,
  handle: (c: RouteContext<R>) => Response,
): void {
  const record = kit.meter.route(name)
  const handler = (c: RouteContext<R>) => {
    const startedMs = performance.now()
    const response = handle(c)
    setClientPolicy(kit, name, response)
    record(response.status, performance.now() - startedMs, 0)
    return response
  }
  app.openapi(route, handler as unknown as RouteHandler<R>)
}

function readsBody(name: RouteName): MiddlewareHandler {
  return (c, next) => {
    c.set('routeName', name)
    return limitBody(c, next)
  }
}

/** The answer to a request that failed before or in its handler. */
export function refuse(kit: Kit, route: string, error: unknown, c: Context): Response {
  const response = toResponse(error, requestIdOf(c))
  setClientPolicy(kit, route, response)
  return response
}

function setClientPolicy({ parts }: Kit, route: string, response: Response): void {
  const policy = parts.chaos.clientPolicy(route)
  if (policy) response.headers.set('x-client-policy', policy)
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
  setClientPolicy(kit, name, response)
  return response
}

/**
 * The design that a request asks for, else the process's.
 * @throws Problem `unknown-design`, `design-refused`
 */
export function designOf(kit: Kit, c: Context): Design {
  const asked = c.req.header('x-design')
  const { current } = kit.defaultDesign
  if (asked === undefined) return current
  const field = 'x-design'
  if (asked.length > designLengthMax) {
    throw new Problem('unknown-design', { detail: `at most ${designLengthMax} characters`, field })
  }
  try {
    return sameBook(parseDesign(asked, current), current)
  } catch (cause) {
    if (!(cause instanceof Problem)) throw cause
    throw new Problem(cause.code, { detail: cause.message, field, cause })
  }
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
export function attemptOf(c: Context): number {
  return Number(c.req.header('x-attempt') ?? 0)
}

/** The client's own `x-request-id` where it is a plain short word, else a new one. */
export function requestIdOf(c: Context): string {
  const asked = c.req.header('x-request-id')
  return asked !== undefined && requestIdPattern.test(asked) ? asked : crypto.randomUUID()
}

interface Issue {
  path: PropertyKey[]
  message: string
  /** The names of fields that nobody asked for. */
  keys?: string[]
}

/** The first of the schema's complaints, with the path of its field. */
export function invalid(issues: readonly Issue[]): Problem {
  const [first] = issues
  const path = [...(first?.path ?? []), ...(first?.keys?.slice(0, 1) ?? [])].join('.')
  const field = path.slice(0, fieldLengthMax) || 'body'
  const message = (first?.message ?? 'invalid').slice(0, messageLengthMax)
  return new Problem('invalid-request', { detail: `${field}: ${message}`, field })
}
