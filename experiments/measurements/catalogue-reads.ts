import { sql } from 'drizzle-orm'
import { Registry } from 'prom-client'
import { createApp } from '../../server/app.ts'
import type { Services } from '../../server/ctx.ts'
import { parseDesign } from '../../server/designs/design.ts'
import { DesignFlags } from '../../server/designs/flags/design-flags.ts'
import { noLog } from '../../server/designs/flags/design-log.ts'
import type { OpenedOptions } from '../../server/designs/opened-options.ts'
import { byDay, totalsOf, totalsStatement, unindexed } from '../../server/designs/reads/popular.ts'
import { silentDesignMeter } from '../../server/metrics/design-requests.ts'
import { silentMeter } from '../../server/metrics/requests.ts'
import { closedLoop } from '../run/closed-loop.ts'

const requestTimeoutMs = 20_000
const dayMs = 24 * 3600 * 1000

/** A UTC day so many days before today, YYYY-MM-DD. */
const daysAgo = (days: number): string =>
  new Date(Date.now() - days * dayMs).toISOString().slice(0, 10)

/** A request with one option of `reads`, made when called. */
export type Ask = (reads: string, path: string) => () => Promise<unknown>

/** Requests to the shop's own app, whose answers are read to the end. */
export function askerOf(options: OpenedOptions): Ask {
  const { services } = options
  const app = createApp({
    deps: {
      services,
      flags: DesignFlags.unchanged({ log: noLog, start: parseDesign('after') }),
      mayChooseDesign: () => true,
      meter: silentMeter(),
      designMeter: silentDesignMeter,
      requestTimeoutMs,
      options,
    },
    registry: new Registry(),
    readiness: { draining: false, database: async () => {} },
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

/** What source S3 measured in front of and behind its cache, on its own profile. */
export const cachedReads = [
  {
    name: 'products-cached',
    what: 'all 1,000 products with 3,800 options in one answer',
    path: () => '/api/v1/products?size=1000',
    theirs: { database: 1482, cached: 31 },
    floor: 48,
  },
  {
    name: 'popular-cached',
    what: 'most sold of the last 30 days, of 220,000 counts',
    path: () => `/api/v1/products/popular?from=${daysAgo(29)}&to=${daysAgo(0)}`,
    theirs: { database: 908, cached: 16 },
    floor: 57,
  },
] as const

const tables = { without: unindexed, with: byDay }
export type Index = keyof typeof tables

/** What the server says of how it reads the best sellers. */
export interface Explained {
  type: string | null
  key: string | null
  rows: number
  extra: string
}

/** The first line of EXPLAIN, of the one table that the best sellers are read from. */
export async function explainPopular(
  { connections }: Services,
  index: Index,
  days: number,
): Promise<Explained> {
  const range = { from: daysAgo(days), to: daysAgo(0), limit: 10 }
  const [row] = await connections.rows<Record<string, unknown>>(
    sql`explain format=traditional ${totalsStatement(tables[index], range)}`,
  )
  const { type, key, rows, Extra: extra } = row ?? {}
  const textOf = (value: unknown) => (value === null || value === undefined ? null : String(value))
  return { type: textOf(type), key: textOf(key), rows: Number(rows), extra: textOf(extra) ?? '' }
}

/** The best sellers of the last days, by one statement with or without a hint to its index. */
export const popularOf =
  ({ connections }: Services, index: Index, days: number) =>
  () =>
    connections.use((db) =>
      totalsOf(db, tables[index], { from: daysAgo(days), to: daysAgo(0), limit: 10 }),
    )
