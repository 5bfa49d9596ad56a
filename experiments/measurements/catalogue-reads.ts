import type { Services } from '../../server/ctx.ts'
import { byDay, totalsOf, unindexed } from '../../server/designs/reads/popular.ts'
import { daysAgo } from './app-requests.ts'

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

/** The best sellers of the last days, by one statement with or without a hint to its index. */
export const popularOf =
  ({ connections }: Services, index: Index, days: number) =>
  () =>
    connections.use((db) =>
      totalsOf(db, tables[index], { from: daysAgo(days), to: daysAgo(0), limit: 10 }),
    )
