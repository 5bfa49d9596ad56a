import { OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { Registry } from 'prom-client'
import { type BoardAccess, guard, mountChaos } from '../chaos/http.ts'
import { Problem } from './errors.ts'
import { BodyDeadlines } from './http/body-deadlines.ts'
import { mountCarts } from './http/carts.ts'
import { mountCoupons } from './http/coupons.ts'
import { mountDesigns } from './http/designs.ts'
import { mountDispatches } from './http/dispatches.ts'
import { mountHealth, type Readiness } from './http/health.ts'
import { mountIntakes } from './http/intakes.ts'
import { mountOrders } from './http/orders.ts'
import { mountPayments } from './http/payments.ts'
import { mountProducts } from './http/products.ts'
import { parsesBody, readsBody } from './http/read-body.ts'
import { mountReference } from './http/reference.ts'
import { attemptOf, refuse } from './http/request.ts'
import type { RouteDeps } from './http/route-deps.ts'
import { mountShadow } from './http/shadow.ts'
import { mountUsers } from './http/users.ts'
import { UnreadableJson } from './json-text.ts'
import { KeyClaims } from './keys/key-claims.ts'
import { logError } from './log.ts'
import { answerOther, methodsOf } from './methods.ts'
import { KnownProblem } from './problem.ts'

export interface AppDeps {
  deps: Omit<RouteDeps, 'keys' | 'bodies'>
  registry: Registry
  readiness: Readiness
  /** The token that opens changes of the design, and with a board the routes of chaos. */
  chaos?: { access?: BoardAccess; token: string }
}

/** The shop's HTTP surface. */
export function createApp({ registry, readiness, chaos, ...given }: AppDeps): OpenAPIHono {
  const app = new OpenAPIHono()
  const { services, requestTimeoutMs } = given.deps
  const bodies = new BodyDeadlines({ waitMsMax: requestTimeoutMs / 2 })
  const deps: RouteDeps = { ...given.deps, bodies, keys: new KeyClaims(services) }
  if (chaos) {
    guard(app, '/designs', chaos.token, ['PUT'])
    guard(app, '/designs/:axis', chaos.token, ['PUT'])
    guard(app, '/designs/rollback', chaos.token, ['POST'])
    guard(app, '/designs/history', chaos.token, ['GET'])
    guard(app, '/designs/shadow', chaos.token, ['GET'])
  }
  mountHealth(app, deps, registry, readiness)
  mountDesigns(app, deps, chaos !== undefined)
  if (chaos) mountShadow(app, deps)
  mountUsers(app, deps)
  mountProducts(app, deps)
  mountCarts(app, deps)
  mountOrders(app, deps)
  mountIntakes(app, deps)
  mountPayments(app, deps)
  mountDispatches(app, deps)
  mountCoupons(app, deps)
  if (chaos?.access) {
    guard(app, '/chaos/*', chaos.token)
    app.on('PUT', '/chaos/*', readsBody(bodies), parsesBody)
    mountChaos(app, chaos.access)
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
  const methods = methodsOf(app.routes)
  app.notFound((c) => {
    const allowed = methods(c.req.path)
    if (allowed.length === 0) return fail(new Problem('not-found', { detail: 'No such route' }), c)
    if (c.req.method === 'OPTIONS') deps.meter.route('other')(204, 0, attemptOf(c))
    return answerOther(c.req.method, allowed, () => fail(new Problem('method-not-allowed'), c))
  })
  app.onError((error, c) => {
    const problem = asProblem(error)
    if (!(problem instanceof KnownProblem)) logError('unexpected', error)
    return fail(problem, c)
  })
}

/** What a body that cannot be read, and Hono itself, throw before a handler runs. */
function asProblem(error: unknown): unknown {
  if (error instanceof UnreadableJson) return unreadable(error, error.field)
  const isRefusal = error instanceof HTTPException && error.status < 500
  return isRefusal ? unreadable(error, 'body') : error
}

const unreadable = (cause: Error, field: string) =>
  new Problem('invalid-request', {
    detail: field === 'body' ? cause.message : `${field}: ${cause.message}`,
    field,
    cause,
  })
