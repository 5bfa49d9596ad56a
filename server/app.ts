import { OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { Registry } from 'prom-client'
import type { Board } from '../chaos/board.ts'
import { guard, mountChaos } from '../chaos/http.ts'
import { Problem } from './errors.ts'
import { BodyDeadlines } from './http/body-deadlines.ts'
import { mountCarts } from './http/carts.ts'
import { mountDesigns } from './http/designs.ts'
import { mountDispatches } from './http/dispatches.ts'
import { mountHealth, type Readiness } from './http/health.ts'
import { KeyClaims } from './http/key-claims.ts'
import { mountOrders } from './http/orders.ts'
import { mountPayments } from './http/payments.ts'
import { mountProducts } from './http/products.ts'
import { readsBody } from './http/read-body.ts'
import { mountReference } from './http/reference.ts'
import { attemptOf, refuse } from './http/request.ts'
import type { RouteDeps } from './http/route-deps.ts'
import { mountUsers } from './http/users.ts'
import { logError } from './log.ts'

export interface AppDeps {
  deps: Omit<RouteDeps, 'keys' | 'bodies'>
  registry: Registry
  readiness: Readiness
  /** Present when chaos is enabled: the board and the token that opens it. */
  chaos?: { board: Board; token: string }
}

/** The shop's HTTP surface. */
export function createApp({ registry, readiness, chaos, ...given }: AppDeps): OpenAPIHono {
  const app = new OpenAPIHono()
  const { services, requestTimeoutMs } = given.deps
  const bodies = new BodyDeadlines({ waitMsMax: requestTimeoutMs / 2 })
  const deps: RouteDeps = { ...given.deps, bodies, keys: new KeyClaims(services) }
  if (chaos) guard(app, '/designs', chaos.token, ['PUT'])
  mountHealth(app, deps, registry, readiness)
  mountDesigns(app, deps, chaos !== undefined)
  mountUsers(app, deps)
  mountProducts(app, deps)
  mountCarts(app, deps)
  mountOrders(app, deps)
  mountPayments(app, deps)
  mountDispatches(app, deps)
  if (chaos) {
    guard(app, '/chaos/*', chaos.token)
    app.use('/chaos/*', readsBody(bodies))
    mountChaos(app, chaos.board)
  }
  mountReference(app)
  answerTheRest(app, deps)
  return app
}

/** What no handler answers: unknown routes and methods, and what fails before a handler runs. */
function answerTheRest(app: OpenAPIHono, deps: RouteDeps): void {
  const fail = (error: unknown, c: Context) => {
    const route = c.get('routeName') ?? 'other'
    const response = refuse(deps, route, error, c)
    deps.meter.route(route)(response.status, 0, attemptOf(c))
    return response
  }
  let routes: { method: string; pattern: RegExp }[] | undefined
  app.notFound((c) => {
    routes ??= routesOf(app)
    const methods = routes.filter(({ pattern }) => pattern.test(c.req.path))
    if (methods.length === 0) return fail(new Problem('not-found', { detail: 'No such route' }), c)
    const response = fail(new Problem('method-not-allowed'), c)
    const allowed = new Set(methods.map(({ method }) => method))
    response.headers.set('allow', [...allowed].join(', '))
    return response
  })
  app.onError((error, c) => {
    const problem = asProblem(error)
    if (!(problem instanceof Problem)) logError('unexpected', error)
    return fail(problem, c)
  })
}

function routesOf(app: OpenAPIHono) {
  return app.openAPIRegistry.definitions.flatMap((definition) => {
    if (definition.type !== 'route') return []
    const { method, path } = definition.route
    const pattern = new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`)
    return [{ method: method.toUpperCase(), pattern }]
  })
}

/** What Hono and the JSON parser throw before a handler runs. */
function asProblem(error: unknown): unknown {
  if (error instanceof SyntaxError) return invalidJson(error)
  if (!(error instanceof HTTPException) || error.status >= 500) return error
  if (error.status !== 415) return invalidJson(error)
  return new Problem('unsupported-media-type', { field: 'Content-Type' })
}

const invalidJson = (cause: Error) =>
  new Problem('invalid-request', { detail: 'The body is not valid JSON', field: 'body', cause })
