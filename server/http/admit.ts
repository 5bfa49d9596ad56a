import type { Context, MiddlewareHandler, Next } from 'hono'
import {
  type Admission,
  type Arrival,
  classOfRoute,
  type RequestClass,
} from '../designs/admission/admission.ts'
import type { RouteName } from '../route-names.ts'
import { attemptOf, refuse } from './request.ts'
import type { RouteDeps } from './route-deps.ts'

/** Admission token of a client's journey, given with the answer to its first request. */
const passHeader = 'x-pass'

/**
 * Lets requests of a route in as their design has it, after all of them has come but before
 * anything is parsed, and gives their places back however they end. Undefined for routes that are
 * never refused.
 */
export function admits(deps: RouteDeps, name: RouteName): MiddlewareHandler | undefined {
  const requestClass = classOfRoute[name]
  if (requestClass === null) return undefined
  const record = deps.meter.route(name)
  const recordDesign = deps.designMeter.route(name)
  return async (c, next) => {
    const { design, mix } = c.get('chosen') ?? {}
    // The handler says what is wrong with it.
    if (!design) return next()
    let entry: Awaited<ReturnType<Admission['admit']>>
    try {
      entry = await deps.options.of(design).admission.admit(arrivalOf(c, requestClass))
    } catch (error) {
      const response = refuse(deps, name, error, c)
      response.headers.set('x-design', design.label)
      record(response.status, 0, attemptOf(c))
      recordDesign?.({ design, mix }, response.status, 0)
      return response
    }
    if (!entry) return next()
    return await inside(entry, c, next)
  }
}

async function inside(
  entry: { leave(): void; pass?: string },
  c: Context,
  next: Next,
): Promise<void> {
  try {
    await next()
  } finally {
    entry.leave()
  }
  if (entry.pass) c.res.headers.set(passHeader, entry.pass)
}

const arrivalOf = (c: Context, requestClass: RequestClass): Arrival => ({
  requestClass,
  pass: c.req.header(passHeader),
  gone: () => c.req.raw.signal,
})
