import { Registry } from 'prom-client'
import { type Board, createBoard } from '../../chaos/board.ts'
import { faultMetrics, faultReadings } from '../../chaos/metrics.ts'
import { createApp } from '../app.ts'
import { noChaos, type Services } from '../ctx.ts'
import { createDoors, type Doors, idlePool } from '../designs/admission/doors.ts'
import { parseDesign } from '../designs/design.ts'
import { noStockCounts } from '../designs/stock/stock-counts.ts'
import { registerAdmissionMetrics } from '../metrics/admission.ts'
import { registerMetrics } from '../metrics/register.ts'
import { requestMeter } from '../metrics/requests.ts'
import { shopObserver } from '../metrics/shop.ts'

/** A dependency that fails the test's request (as `internal`) and is recorded when it is used. */
function untouchable<T extends object>(name: string, touched: string[]): T {
  const refuse = (_target: object, property: string | symbol) => {
    touched.push(`${name}.${String(property)}`)
    throw new Error(`the test did not expect ${name}.${String(property)}`)
  }
  return new Proxy({}, { get: refuse }) as T
}

export interface AppOptions {
  services?: Partial<Services>
  /** With chaos when given. */
  token?: string
  nowMs?: () => number
  design?: string
  requestTimeoutMs?: number
  /** Wide open unless given. */
  doors?: Doors
}

export interface AppForTest {
  app: ReturnType<typeof createApp>
  registry: Registry
  board: Board
  readiness: { draining: boolean }
  /** What was used of the services that the test did not give. */
  touched: string[]
}

/** The shop's app over the given services; every other part must stay untouched. */
export function appForTest(options: AppOptions = {}): AppForTest {
  const { token, design = 'after', requestTimeoutMs = 8000 } = options
  const touched: string[] = []
  const registry = new Registry()
  const board = createBoard(options.nowMs)
  registerMetrics(registry, faultMetrics, faultReadings(board))
  const services: Services = {
    connections: untouchable('connections', touched),
    side: untouchable('side', touched),
    redis: untouchable('redis', touched),
    coalescer: untouchable('coalescer', touched),
    lots: untouchable('lots', touched),
    stockCounts: noStockCounts(),
    tickets: untouchable('tickets', touched),
    bank: untouchable('bank', touched),
    partners: untouchable('partners', touched),
    afterwards: untouchable('afterwards', touched),
    chaos: token === undefined ? noChaos : board,
    observer: shopObserver(registry),
    orderTtlSeconds: 900,
    ...options.services,
  }
  const { doors = wideDoors() } = options
  registerAdmissionMetrics(registry, doors)
  const readiness = { draining: false }
  const app = createApp({
    deps: {
      services,
      defaultDesign: { current: parseDesign(design) },
      doors,
      meter: requestMeter(registry),
      requestTimeoutMs,
    },
    registry,
    readiness,
    ...(token === undefined ? {} : { chaos: { board, token } }),
  })
  return { app, registry, board, readiness, touched }
}

/** More than a test sends at once: what is not about admission does not meet it. */
const wideDoors = () => createDoors({ poolConnections: 1000, pool: idlePool })

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
