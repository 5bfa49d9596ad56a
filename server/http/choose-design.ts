import type { Context, MiddlewareHandler } from 'hono'
import { type Design, parseDesignIn } from '../designs/design.ts'
import type { Mix } from '../designs/flags/mix.ts'
import { isShadowedOn, type Shadow } from '../designs/flags/shadow.ts'
import { assertSameLedger } from '../designs/same-ledger.ts'
import { Problem } from '../errors.ts'
import { parseJson } from '../parse-json.ts'
import { requestIdOf } from '../request-id.ts'
import type { RouteName } from '../route-names.ts'
import type { RouteDeps } from './route-deps.ts'

declare module 'hono' {
  interface ContextVariableMap {
    chosen?: Chosen
  }
}

/** The design of a request, resolved once and for all, or why there is none. */
export interface Chosen {
  /** Of the flags that it went by; undefined while they were never read. */
  epoch: number | undefined
  design?: Design
  /** For whom it is, where a share of the flags or of a fault goes by that. */
  unit?: string
  /** Absent where the request asked for a design itself. */
  mix?: Mix
  problem?: unknown
  /** What its answer is to be compared with, once it is sent. */
  shadows?: readonly Shadow[]
}

/** Longest `x-design` that is read; every axis and every sequence named takes about 400. */
const designLengthMax = 500
const closed = 'x-design needs the token, or a server started with STAMPEDE_REHEARSAL=on'

/** Resolves the design of requests of a route, before anything else goes by it. */
export const choosesDesign =
  (deps: RouteDeps, name: RouteName): MiddlewareHandler =>
  (c, next) => {
    const chosen = choose(deps, name, c)
    if (!(chosen instanceof Promise)) {
      c.set('chosen', chosen)
      return next()
    }
    return chosen.then((one) => {
      c.set('chosen', one)
      return next()
    })
  }

/** A promise only where the body has to say for whom the request is. */
function choose(deps: RouteDeps, name: RouteName, c: Context): Chosen | Promise<Chosen> {
  let epoch: number | undefined
  try {
    const { mix } = deps.flags
    epoch = mix.epoch
    const asked = c.req.header('x-design')
    const asksUser = deps.services.chaos.asksUser()
    if (asked !== undefined) {
      const design = askedFor(deps, asked, mix.base, c)
      return asksUser
        ? unitOf(name, c).then((unit) => ({ epoch, design, unit }))
        : { epoch, design }
    }
    const isShadowed = mix.shadowed.some((axis) => isShadowedOn(axis, name))
    if (!mix.isSplit && !isShadowed && !asksUser) return { epoch, mix, design: mix.base }
    return unitOf(name, c).then((unit) => {
      const design = mix.designFor(unit)
      const shadows = isShadowed ? shadowsOn(name, mix.shadowsFor(unit, design)) : []
      return { epoch: mix.epoch, mix, design, shadows, unit }
    })
  } catch (problem) {
    return { epoch, problem }
  }
}

const shadowsOn = (name: RouteName, shadows: readonly Shadow[]): Shadow[] =>
  shadows.filter(({ axis }) => isShadowedOn(axis, name))

/** @throws Problem `unauthorized`, `unknown-design`, `design-refused` */
function askedFor(deps: RouteDeps, asked: string, current: Design, c: Context): Design {
  const field = 'x-design'
  if (!deps.mayChooseDesign(c)) throw new Problem('unauthorized', { detail: closed, field })
  if (asked.length > designLengthMax) {
    throw new Problem('unknown-design', { detail: `at most ${designLengthMax} characters`, field })
  }
  try {
    const hasLockServers = deps.services.lockServers.length > 0
    return assertSameLedger(parseDesignIn({ hasLockServers }, asked, current), current)
  } catch (cause) {
    if (!(cause instanceof Problem)) throw cause
    throw new Problem(cause.code, { detail: cause.message, field, cause })
  }
}

/** Fields of a body that say for whom a request is, the first of them that there is. */
const unitFields = ['userId', 'partner', 'workerId'] as const
/** What `x-user-id` may be; anything else is as if it were not there. */
const unitPattern = /^[\w.:-]{1,64}$/

/**
 * For whom a request is: the customer or the partner, by path, body or `x-user-id`; else the order
 * that it is about, else the request itself, which is a draw at random.
 */
async function unitOf(name: RouteName, c: Context): Promise<string> {
  const { userId, id, orderId } = c.req.param() as Record<string, string | undefined>
  const user = userId ?? (name.startsWith('users.') ? id : undefined)
  if (user !== undefined) return user
  const body = c.req.method === 'POST' ? parseJson(await c.req.text()) : undefined
  const fields = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>
  const named = unitFields.map((field) => fields[field]).find((one) => typeof one === 'string')
  if (typeof named === 'string') return named
  const header = c.req.header('x-user-id')
  if (header !== undefined && unitPattern.test(header)) return header
  const order = fields.orderId ?? orderId ?? (name.startsWith('orders.') ? id : undefined)
  return typeof order === 'string' ? `order ${order}` : requestIdOf(c.req.raw.headers)
}
