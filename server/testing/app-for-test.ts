import { sql } from 'drizzle-orm'
import { Registry } from 'prom-client'
import { createBoard } from '../../chaos/board.ts'
import { faultMetrics, faultReadings } from '../../chaos/metrics.ts'
import { createApp } from '../app.ts'
import { forwardTo } from '../board/forward.ts'
import { noChaos, type Services } from '../ctx.ts'
import { defaultLimits, idleCounters } from '../db/pool.ts'
import { parseDesign } from '../designs/design.ts'
import { DesignFlags } from '../designs/flags/design-flags.ts'
import { OpenedOptions } from '../designs/opened-options.ts'
import { bearing } from '../http/request.ts'
import { designMeter } from '../metrics/design-requests.ts'
import { shopObserver } from '../metrics/observer.ts'
import { registerOptionMetrics } from '../metrics/options.ts'
import { registerMetrics } from '../metrics/register.ts'
import { type RequestMeter, requestMeter } from '../metrics/requests.ts'
import { createReadiness } from '../readiness.ts'
import { answersOf, otherAnswers, statusesOf } from '../route-answers.ts'
import type { RouteName } from '../route-names.ts'
import type { Shadows } from '../shadow/shadows.ts'
import { memoryLog } from './memory-log.ts'

/** A dependency that fails the test's request (as `internal`) and is recorded when it is used. */
function untouchable<T extends object>(name: string, touched: string[], allowed = {}): T {
  const get = (target: object, property: string | symbol) => {
    if (Object.hasOwn(target, property)) return Reflect.get(target, property)
    touched.push(`${name}.${String(property)}`)
    throw new Error(`the test did not expect ${name}.${String(property)}`)
  }
  return new Proxy(allowed, { get }) as T
}

const never = new AbortController().signal

/** More than a test sends at once, and never waited for: other tests do not meet admission. */
const widePool = {
  limits: { ...defaultLimits, connections: 1000 },
  counters: idleCounters(),
}

export interface AppOptions {
  services?: Partial<Services>
  /** With chaos when given. */
  token?: string | undefined
  /** Of the board process to which its routes of chaos lead; absent = it has a board itself. */
  boardUrl?: string
  /** False = x-design needs the token. */
  isRehearsal?: boolean
  nowMs?: () => number
  design?: string
  /** True = the process has not read its flags yet. */
  isUnread?: boolean
  requestTimeoutMs?: number
  /** Opens the shadows of the app. */
  shadows?: (options: OpenedOptions) => Shadows
  /** Options that are opened otherwise than by the services. */
  open?: (options: OpenedOptions) => void
}

export type AppForTest = ReturnType<typeof appForTest>

/**
 * The shop's app over the given services; every other service must stay untouched.
 * @returns with `touched`, what was used of the services that the test did not give
 */
export function appForTest(options: AppOptions = {}) {
  const { token, isRehearsal = true, design = 'after', requestTimeoutMs = 8000, boardUrl } = options
  const touched: string[] = []
  const registry = new Registry()
  const board = createBoard(options.nowMs)
  const own = { control: board, stopping: never }
  registerMetrics(registry, faultMetrics, faultReadings(board))
  const services: Services = {
    connections: untouchable('connections', touched, widePool),
    side: untouchable('side', touched),
    lockServers: [],
    redis: untouchable('redis', touched),
    tickets: untouchable('tickets', touched),
    bank: untouchable('bank', touched),
    partners: untouchable('partners', touched),
    chaos: token === undefined ? noChaos : board,
    observer: shopObserver(registry),
    orderTtlSeconds: 900,
    ...options.services,
  }
  if (!services.connections.limits) Object.assign(services.connections, widePool)
  const opened = new OpenedOptions(services)
  options.open?.(opened)
  registerOptionMetrics(registry, opened, ['admission'])
  const ask = () => services.connections.rows(sql`select 1`)
  const readiness = { draining: false, database: createReadiness({ ask }) }
  const log = memoryLog()
  const hasLockServers = services.lockServers.length > 0
  const reading = { log, start: parseDesign(design), hasLockServers, nowMs: () => 0 }
  const flags = options.isUnread ? new DesignFlags(reading) : DesignFlags.unchanged(reading)
  const app = createApp({
    deps: {
      services,
      flags,
      mayChooseDesign: isRehearsal ? () => true : bearing(token),
      options: opened,
      meter: declaredOnly(requestMeter(registry)),
      designMeter: designMeter(registry),
      requestTimeoutMs,
      ...(options.shadows ? { shadows: options.shadows(opened) } : {}),
    },
    registry,
    readiness,
    ...(token === undefined
      ? {}
      : { chaos: { access: boardUrl ? { forward: forwardTo(boardUrl, never) } : own, token } }),
  })
  return { app, registry, board, options: opened, readiness, flags, log, touched }
}

/** Fails the request whose status its route does not declare: its counter would be born late. */
function declaredOnly(meter: RequestMeter): RequestMeter {
  return {
    ...meter,
    route(name) {
      const record = meter.route(name)
      const statuses = statusesOf(answersOf[name as RouteName] ?? otherAnswers)
      return (status, ...rest) => {
        if (!statuses.includes(status)) throw new Error(`${name} does not declare ${status}`)
        record(status, ...rest)
      }
    },
  }
}

export const tokenForTest = 'token-for-tests-only'

/** A request with a JSON body. */
export const jsonRequest = (method: string, body: unknown, headers: Record<string, string> = {}) =>
  textRequest(method, JSON.stringify(body), headers)

/** A request that says it is JSON, whatever the text is. */
export const textRequest = (
  method: string,
  body: string,
  headers: Record<string, string> = {},
): RequestInit => ({ method, headers: { 'content-type': 'application/json', ...headers }, body })

export const withToken = { authorization: `Bearer ${tokenForTest}` }
