import { Registry } from 'prom-client'
import { createApp } from '../../server/app.ts'
import { parseDesign } from '../../server/designs/design.ts'
import type { OpenedOptions } from '../../server/designs/opened-options.ts'
import { silentMeter } from '../../server/metrics/requests.ts'
import { closedLoop } from '../run/closed-loop.ts'

const requestTimeoutMs = 20_000
const dayMs = 24 * 3600 * 1000

/** A UTC day so many days before today, YYYY-MM-DD. */
export const daysAgo = (days: number): string =>
  new Date(Date.now() - days * dayMs).toISOString().slice(0, 10)

/** A request with one option of `reads`, made when called. */
export type Ask = (reads: string, path: string) => () => Promise<unknown>

/** Requests to the shop's own app, whose answers are read to the end. */
export function askerOf(options: OpenedOptions): Ask {
  const { services } = options
  const defaultDesign = { current: parseDesign('after') }
  const app = createApp({
    deps: { services, defaultDesign, meter: silentMeter(), requestTimeoutMs, options },
    registry: new Registry(),
    readiness: { draining: false },
  })
  return (option, path) => {
    const headers = { 'x-design': `reads=${option}` }
    return async () => {
      const response = await app.request(path, { headers })
      const bytes = (await response.arrayBuffer()).byteLength
      if (response.status !== 200 || bytes < 500) throw new Error(`${path}: ${response.status}`)
    }
  }
}

/** Milliseconds per request, one after the other until `windowMs` have passed. */
export async function millisecondsOf(
  request: () => Promise<unknown>,
  windowMs: number,
): Promise<number> {
  return 1000 / (await closedLoop(1, windowMs, request)).perSecond
}
