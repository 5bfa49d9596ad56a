import type { Redis } from 'ioredis'
import type { Ctx } from '../../ctx.ts'
import { type Asked, type Cache, createCache } from './cache.ts'
import { dayAsked, daysOf, hotRanges, isKept, mergedTotals, withNames } from './days.ts'
import { indexed } from './indexed.ts'
import type { Page, PopularRange, Product, Reads } from './reads.ts'

/** Stock is shown as it was up to about two seconds ago; what is sold, the order decides. */
const life = { freshMs: 2000, staleMs: 60_000, copyMs: 250 }

/** Pages of these sizes, up to so many products, are kept for all: bounded, whoever asks. */
const sharedSizes = [20, 1000]
const sharedProductsMax = 10_000
const hotPages: Page[] = sharedSizes.map((size) => ({ page: 1, size }))

/** Warming comes once a second: what would not outlive the next time is made anew. */
const aheadMs = 1200

/**
 * From Redis, with a copy in the process for 250 ms (see cache.ts for what that closes).
 * in: page, id or days · out: JSON text · leaves open: a reader sees stock and best sellers as they
 * were up to 4 s and the time of making ago, 62 s where nobody has asked since.
 * Keys: 510 pages, as many products as there are, 100 days and two ranges a day.
 */
export const cached: Reads = {
  products: async (ctx, page) => made(await cacheOf(ctx.redis).read(productsAsked(ctx, page))),
  product: (ctx, id) => cacheOf(ctx.redis).read(productAsked(ctx, id)),
  popular: async (ctx, range) => made(await cacheOf(ctx.redis).read(popularAsked(ctx, range))),

  async warm(ctx) {
    const cache = cacheOf(ctx.redis)
    for (const page of hotPages) await cache.fresh(productsAsked(ctx, page), aheadMs)
    for (const id of await shownFirst(ctx)) await cache.fresh(productAsked(ctx, id), aheadMs)
    for (const range of hotRanges(Date.now())) {
      await cache.fresh(popularAsked(ctx, range), aheadMs)
    }
  },
}

function made(body: string | undefined): string {
  if (body === undefined) throw new Error('a list was not made')
  return body
}

const caches = new WeakMap<Redis, Cache>()

/** The cache of all who share a connection to Redis: one for a process. */
export function cacheOf(redis: Redis): Cache {
  let cache = caches.get(redis)
  if (!cache) {
    cache = createCache(redis)
    caches.set(redis, cache)
  }
  return cache
}

/** Designs keep stock in different places: what one shows is not another's. */
const stockOf = ({ design }: Ctx) => design.options.stock

const productsAsked = (ctx: Ctx, page: Page): Asked => ({
  ...life,
  kind: 'products',
  key: `${stockOf(ctx)}:${page.page}:${page.size}`,
  isShared: sharedSizes.includes(page.size) && page.page * page.size <= sharedProductsMax,
  make: () => indexed.products(ctx, page),
})

const productAsked = (ctx: Ctx, id: string): Asked => ({
  ...life,
  kind: 'product',
  key: `${stockOf(ctx)}:${id}`,
  isShared: true,
  make: () => indexed.product(ctx, id),
})

function popularAsked(ctx: Ctx, range: PopularRange): Asked {
  const nowMs = Date.now()
  const { from, to, limit } = range
  const isHot = hotRanges(nowMs).some((hot) => hot.from === from && hot.to === to)
  return {
    ...life,
    kind: 'popular',
    key: `${from}:${to}:${limit}`,
    isShared: isHot && limit === 10,
    make: () => (isKept(range, nowMs) ? popularOf(ctx, range) : indexed.popular(ctx, range)),
  }
}

/** A few days at a time: a range that nobody has asked for must not take every connection. */
const daysAtOnce = 4

async function popularOf(ctx: Ctx, range: PopularRange): Promise<string> {
  const cache = cacheOf(ctx.redis)
  const days = daysOf(range)
  const bodies: string[] = []
  for (let from = 0; from < days.length; from += daysAtOnce) {
    const some = days.slice(from, from + daysAtOnce)
    const read = some.map((day) => cache.fresh(dayAsked(ctx, day, Date.now()), 0))
    bodies.push(...(await Promise.all(read)).map(made))
  }
  const totals = mergedTotals(bodies, range.limit)
  return totals ? await withNames(ctx, range, totals) : await indexed.popular(ctx, range)
}

/** Products that the first page shows: the ones that are looked at. */
async function shownFirst(ctx: Ctx): Promise<string[]> {
  const [first] = hotPages
  if (!first) return []
  const { items } = JSON.parse(await cached.products(ctx, first)) as { items: Product[] }
  return items.map(({ id }) => id)
}
