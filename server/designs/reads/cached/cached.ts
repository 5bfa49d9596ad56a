import type { Services } from '../../../ctx.ts'
import type { Lifecycle, Option } from '../../option.ts'
import type { StepCtx } from '../../step-ctx.ts'
import { indexedReads } from '../indexed.ts'
import { withNames } from '../popular.ts'
import type { Page, PopularRange, Product, Reads } from '../reads.ts'
import { Cache, type CachedAnswer } from './cache.ts'
import { readMetrics, readReadings } from './counts.ts'
import { DaysAsNumbers, type DayTotals } from './day-totals.ts'
import { dayAnswer, daysOf, hotRanges, isKept } from './days.ts'

/** Stock is shown as it was up to about two seconds ago; what is sold, the order decides. */
const life = { freshMs: 2000, staleMs: 3000, copyMs: 250 }
/** No order depends on best sellers: an old list is better than to wait for a new one. */
const popularLife = { ...life, staleMs: 60_000 }

/** Pages of these sizes, up to so many products, are kept for all: a bounded number. */
const sharedSizes = [20, 1000]
const sharedProductsMax = 10_000
const hotPages: Page[] = sharedSizes.map((size) => ({ page: 1, size }))

/** Warming comes once a second: what would not outlive the next time is rebuilt. */
const aheadMs = 1200
/** A few days at a time: a range that is rarely read must not take every connection. */
const daysAtOnce = 4

export const cached = {
  summary: 'from Redis: one reader makes an answer, stale ones are given meanwhile; warmed',
  doc: 'With a copy in the process for 250 ms (see cache.ts for what that closes).',
  leavesOpen:
    'a reader sees stock as it was up to 5.25 s ago, if it took no longer to make; best sellers ' +
    'too, or as they were 62 s ago where there was no reader since',
  // As long as an entry and a copy of it live, and what it may take to make one.
  stalenessMs: 6000,
  notes: ['Keys: 510 pages, as many products as there are, 100 days and two ranges a day.'],
  metrics: readMetrics,
  open: ({ redis }: Services) => new CachedReads(new Cache(redis)),
} satisfies Option<Reads>

export class CachedReads implements Reads, Lifecycle {
  readonly readings = readReadings(() => this.cache.counts)
  readonly days = new DaysAsNumbers()

  constructor(readonly cache: Cache) {}

  async products(ctx: StepCtx, page: Page): Promise<string> {
    return made(await this.cache.read(productsAnswer(ctx, page)))
  }

  product(ctx: StepCtx, id: string): Promise<string | undefined> {
    return this.cache.read(productAnswer(ctx, id))
  }

  async popular(ctx: StepCtx, range: PopularRange): Promise<string> {
    return made(await this.cache.read(this.#popularAnswer(ctx, range)))
  }

  async warm(ctx: StepCtx): Promise<void> {
    for (const page of hotPages) await this.cache.fresh(productsAnswer(ctx, page), aheadMs)
    for (const id of await this.#shownFirst(ctx)) {
      await this.cache.fresh(productAnswer(ctx, id), aheadMs)
    }
    for (const range of hotRanges(Date.now())) {
      await this.cache.fresh(this.#popularAnswer(ctx, range), aheadMs)
    }
  }

  /** Products that the first page shows: the ones that are looked at. */
  async #shownFirst(ctx: StepCtx): Promise<string[]> {
    const [first] = hotPages
    if (!first) return []
    const { items } = JSON.parse(await this.products(ctx, first)) as { items: Product[] }
    return items.map(({ id }) => id)
  }

  #popularAnswer(ctx: StepCtx, range: PopularRange): CachedAnswer {
    const nowMs = Date.now()
    const { from, to, limit } = range
    const isHot = hotRanges(nowMs).some((hot) => hot.from === from && hot.to === to)
    return {
      ...popularLife,
      kind: 'popular',
      key: `${from}:${to}:${limit}`,
      isShared: isHot && limit === 10,
      make: () =>
        isKept(range, nowMs) ? this.#mergePopular(ctx, range) : indexedReads.popular(ctx, range),
    }
  }

  /** Between a few days that were to be parsed, others have their turn. */
  async #mergePopular(ctx: StepCtx, range: PopularRange): Promise<string> {
    const days = daysOf(range)
    const all: DayTotals[] = []
    for (let from = 0; from < days.length; from += daysAtOnce) {
      const some = days.slice(from, from + daysAtOnce)
      const read = some.map((day) => this.cache.fresh(dayAnswer(ctx, day, Date.now()), 0))
      const bodies = (await Promise.all(read)).map(made)
      const { parsed } = this.days
      for (const [index, body] of bodies.entries()) {
        const totals = this.days.totalsOf(some[index] as string, body)
        if (!totals) return await indexedReads.popular(ctx, range)
        all.push(totals)
      }
      if (this.days.parsed > parsed) await othersTurn()
    }
    const totals = this.days.mostSold(all, range.limit)
    return await ctx.connections.use((db) => withNames(db, range, totals))
  }
}

const othersTurn = () => new Promise<void>((resolve) => void setImmediate(resolve))

function made(body: string | undefined): string {
  if (body === undefined) throw new Error('a list was not made')
  return body
}

/** Designs keep stock in different places: what one shows is not another's. */
const stockOf = ({ design }: StepCtx) => design.options.stock

const productsAnswer = (ctx: StepCtx, page: Page): CachedAnswer => ({
  ...life,
  kind: 'products',
  key: `${stockOf(ctx)}:${page.page}:${page.size}`,
  isShared: sharedSizes.includes(page.size) && page.page * page.size <= sharedProductsMax,
  make: () => indexedReads.products(ctx, page),
})

const productAnswer = (ctx: StepCtx, id: string): CachedAnswer => ({
  ...life,
  kind: 'product',
  key: `${stockOf(ctx)}:${id}`,
  isShared: true,
  make: () => indexedReads.product(ctx, id),
})
