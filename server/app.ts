import { OpenAPIHono } from '@hono/zod-openapi'
import { HTTPException } from 'hono/http-exception'
import type { Registry } from 'prom-client'
import type { Board } from '../chaos/board.ts'
import { guard, mountChaos } from '../chaos/http.ts'
import { Problem, toResponse } from './errors.ts'
import { mountDesigns } from './http/designs.ts'
import { type Kit, requestIdOf } from './http/endpoint.ts'
import { mountHealth, type Readiness } from './http/health.ts'
import { mountOrders } from './http/orders.ts'
import { mountPayments } from './http/payments.ts'
import { mountReference } from './http/reference.ts'
import { mountCarts, mountProducts, mountUsers } from './http/shop.ts'

export interface AppParts {
  kit: Kit
  registry: Registry
  readiness: Readiness
  /** Present when chaos is enabled: the board and the token that opens it. */
  chaos?: { board: Board; token: string }
}

/** The shop's HTTP surface. */
export function createApp({ kit, registry, readiness, chaos }: AppParts): OpenAPIHono {
  const app = new OpenAPIHono()
  const unrouted = kit.meter.route('other')
  if (chaos) guard(app, '/designs', chaos.token, ['PUT'])
  mountHealth(app, kit, registry, readiness)
  mountDesigns(app, kit, chaos !== undefined)
  mountUsers(app, kit)
  mountProducts(app, kit)
  mountCarts(app, kit)
  mountOrders(app, kit)
  mountPayments(app, kit)
  if (chaos) mountChaos(app, chaos.board, chaos.token)
  mountReference(app)
  app.notFound((c) => {
    unrouted(404, 0, 0)
    return toResponse(new Problem('not-found', { detail: 'No such route' }), requestIdOf(c))
  })
  app.onError((error, c) => {
    const problem = asProblem(error)
    if (!(problem instanceof Problem)) console.error('unexpected:', error)
    const response = toResponse(problem, requestIdOf(c))
    unrouted(response.status, 0, 0)
    return response
  })
  return app
}

/** What Hono and the JSON parser throw before a handler runs. */
function asProblem(error: unknown): unknown {
  if (error instanceof SyntaxError) return invalidJson(error)
  if (error instanceof HTTPException) {
    if (error.status === 401) return new Problem('unauthorized')
    if (error.status < 500) return invalidJson(error)
  }
  return error
}

const invalidJson = (cause: Error) =>
  new Problem('invalid-request', { detail: 'The body is not valid JSON', field: 'body', cause })
