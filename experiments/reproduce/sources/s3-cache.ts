import { s3SeedProfile } from '../../../server/db/seed.ts'
import { type Ask, askerOf, daysAgo, millisecondsOf } from '../../bench/ask.ts'
import { openBenchShop } from '../../bench/shop.ts'
import { inTurns } from '../../measure/turns.ts'
import { auditShop } from '../audit-shop.ts'
import type { ReproduceRig, Reproduction, Row } from '../reproduction.ts'

const options = ['database', 'cached'] as const
const windowMs = 500

/** What the source measured in front of and behind its cache, milliseconds. */
const reads = [
  {
    what: 'all 1,000 products with 3,800 options in one answer',
    path: () => '/api/v1/products?size=1000',
    theirs: { database: 1482, cached: 31 },
  },
  {
    what: 'most sold of the last 30 days, of 220,000 counts',
    path: () => `/api/v1/products/popular?from=${daysAgo(29)}&to=${daysAgo(0)}`,
    theirs: { database: 908, cached: 16 },
  },
] as const

export const s3Cache: Reproduction = {
  name: 'S3-cache',
  title: 'Products and best sellers from a cache',
  told:
    'All products (1,000 products, 3,800 options) 1,482 → 31 ms, popular products 908 → 16 ms; ' +
    'refreshed on a schedule so that no user meets a cold cache, popular cached per date.',
  async reproduce(testBed, advance) {
    const shop = await openBenchShop(testBed, 'cache', { profile: s3SeedProfile })
    try {
      const ask = askerOf(shop.services)
      const rows: Row[] = []
      for (const [index, read] of reads.entries()) {
        const part = (fraction: number) => advance((index + fraction) / reads.length)
        rows.push(await measure(testBed, ask, read, part))
      }
      const findings = await auditShop(shop.url)
      return { rows, audits: [{ design: 'reads=cached', findings, isKnownBad: false }], seen: [] }
    } finally {
      await shop.close()
    }
  },
}

async function measure(
  { quick }: ReproduceRig,
  ask: Ask,
  { what, path, theirs }: (typeof reads)[number],
  advance: (fraction: number) => void,
): Promise<Row> {
  // Warm, as the schedule keeps it; and the database has its pages in memory.
  for (const option of options) await ask(option, path())()
  const ours = await inTurns(
    options,
    quick ? 2 : 8,
    (option) => millisecondsOf(ask(option, path()), windowMs),
    advance,
  )
  return {
    what: `${what}, one request after the other`,
    unit: 'ms',
    better: 'lower',
    designs: options.map((name) => ({
      name: name === 'database' ? 'database' : 'cache',
      option: `reads=${name}`,
      theirs: theirs[name],
      ours: ours[name],
    })),
  }
}
