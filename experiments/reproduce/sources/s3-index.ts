import { s3SeedProfile } from '../../../server/db/seed.ts'
import { byDay, totalsOf, unindexed } from '../../../server/designs/reads/popular.ts'
import type { PopularRange } from '../../../server/designs/reads/reads.ts'
import { daysAgo, millisecondsOf } from '../../bench/ask.ts'
import { type BenchShop, openBenchShop } from '../../bench/shop.ts'
import { inTurns } from '../../measure/turns.ts'
import { auditShop } from '../audit-shop.ts'
import type { ReproduceRig, Reproduction, Row } from '../reproduction.ts'

const arms = ['without', 'with'] as const
type Arm = (typeof arms)[number]
const windowMs = 300
const tables = { without: unindexed, with: byDay }
const theirs = { without: 125, with: 37.5 }
const allDays = s3SeedProfile.popularDays
/** The source had 8,265 of 220,550 rows in July: about the last 8 of 220 days. */
const monthDays = 8

export const s3Index: Reproduction = {
  name: 'S3-index',
  title: 'Popular products by an index on day and sales',
  told:
    'An index on (soldDate, totalSold desc): 125 → 37.5 ms. It compared unlike with unlike: by ' +
    'its own EXPLAIN 220,550 rows from 2000 on without the index, 8,265 rows of July with it.',
  async reproduce(testBed, advance) {
    const shop = await openBenchShop(testBed, 'index', { profile: s3SeedProfile })
    try {
      const rows = [
        await measure(testBed, shop, { without: monthDays, with: monthDays }, (f) =>
          advance(f / 2),
        ),
        await measure(testBed, shop, { without: allDays, with: monthDays }, (f) =>
          advance(0.5 + f / 2),
        ),
      ]
      const findings = await auditShop(shop.url)
      return { rows, audits: [{ design: 'reads=indexed', findings, isKnownBad: false }], seen: [] }
    } finally {
      await shop.close()
    }
  },
}

/** @param days of each arm: the same are like for like */
async function measure(
  { quick }: ReproduceRig,
  { services }: BenchShop,
  days: Record<Arm, number>,
  advance: (fraction: number) => void,
): Promise<Row> {
  const ask = (arm: Arm) => () =>
    services.connections.use((db) => totalsOf(db, tables[arm], rangeOf(days[arm])))
  for (const arm of arms) await ask(arm)()
  const measured = (arm: Arm) => millisecondsOf(ask(arm), windowMs)
  const ours = await inTurns(arms, quick ? 3 : 10, measured, advance)
  const isAlike = days.without === days.with
  return {
    what: isAlike
      ? `like for like: the same ${days.with} days with and without`
      : `as the source did: ${days.without} days without, ${days.with} days with`,
    unit: 'ms',
    better: 'lower',
    designs: arms.map((arm) => ({
      name: `${arm} the index`,
      option: arm === 'with' ? 'reads=indexed' : 'reads=database',
      theirs: isAlike ? null : theirs[arm],
      ours: ours[arm],
    })),
    ...(isAlike ? {} : { note: 'Unlike with unlike: part of that factor is the shorter range.' }),
  }
}

const rangeOf = (days: number): PopularRange => ({
  from: daysAgo(days),
  to: daysAgo(0),
  limit: 10,
})
