import type { Services } from '../../../server/ctx.ts'
import { s3SeedProfile } from '../../../server/db/seed.ts'
import { byDay, totalsOf, unindexed } from '../../../server/designs/reads/popular.ts'
import { interleaved } from '../../measure/turns.ts'
import { type Ask, askerOf, daysAgo, millisecondsOf } from '../ask.ts'
import type { Benchmark, Figure } from '../figure.ts'
import { openBenchShop } from '../shop.ts'

const rounds = 6
/** One request after the other for so long, as S3 measured. */
const windowMs = 500

/**
 * Source S3's reads on its profile (1,000 products, 3,800 options, 220,000 counts), through the
 * real app in this process: what is left out is the network, on both sides.
 */
export const reads: Benchmark = {
  name: 'reads',
  summary: 'products list and best sellers: row by row ÷ cached, and without ÷ with their index',
  async measure(experiment, advance) {
    const shop = await openBenchShop(await experiment.testBed(), 'reads', {
      profile: s3SeedProfile,
    })
    try {
      const ask = askerOf(shop.services)
      const part = (index: number) => (fraction: number) => advance((index + fraction) / 3)
      return [
        await products(ask, part(0)),
        await popular(ask, part(1)),
        await index(shop.services, part(2)),
      ]
    } finally {
      await shop.close()
    }
  },
}

async function products(ask: Ask, advance: (fraction: number) => void): Promise<Figure> {
  const path = '/api/v1/products?size=1000'
  const figure = await compared([ask('cached', path), ask('database', path)], advance)
  const { note, ...ratio } = figure
  const source = 'S3: 1,482 → 31 ms, 48 ×'
  return {
    ...{ name: 'products-cached', ...ratio, floor: 48, aim: 100, better: 'higher', unit: '×' },
    note: `all 1,000 products in one answer, ${note}; ${source}`,
  }
}

async function popular(ask: Ask, advance: (fraction: number) => void): Promise<Figure> {
  const path = `/api/v1/products/popular?from=${daysAgo(29)}&to=${daysAgo(0)}`
  const figure = await compared([ask('cached', path), ask('database', path)], advance)
  const { note, ...ratio } = figure
  const source = 'S3: 908 → 16 ms, 57 ×'
  return {
    ...{ name: 'popular-cached', ...ratio, floor: 57, aim: 100, better: 'higher', unit: '×' },
    note: `the last 30 days, ${note}; ${source}`,
  }
}

async function index(
  { connections }: Services,
  advance: (fraction: number) => void,
): Promise<Figure> {
  const range = { from: daysAgo(6), to: daysAgo(0), limit: 10 }
  const by = (table: typeof byDay) => () =>
    connections.use((db) => totalsOf(db, table, range)).then((rows) => rows.length)
  const { note, ...ratio } = await compared([by(byDay), by(unindexed)], advance)
  const source =
    'S3: 125 → 37.5 ms, which compared unlike with unlike; this is one statement with two hints'
  return {
    ...{ name: 'popular-index', ...ratio, floor: 3.3, aim: 10, better: 'higher', unit: '×' },
    note: `the last 7 of 220 days, ${note}; ${source}`,
  }
}

/** Time per request, second ÷ first, with both in words. */
async function compared(
  [fast, slow]: [() => Promise<unknown>, () => Promise<unknown>],
  advance: (fraction: number) => void,
) {
  await Promise.all([fast(), slow()])
  const { ratio, a, b } = await interleaved(
    [() => millisecondsOf(fast, windowMs), () => millisecondsOf(slow, windowMs)],
    rounds,
    advance,
  )
  const [after, before] = [a, b].map((times) => times.toSorted((x, y) => x - y)[times.length >> 1])
  return { ...ratio, note: `${before?.toFixed(1)} → ${after?.toFixed(3)} ms` }
}
