import { s3SeedProfile } from '../../../server/db/seed.ts'
import { percentile } from '../../judge/statistics.ts'
import { askerOf, cachedReads, millisecondsOf, popularOf } from '../catalogue-reads.ts'
import type { Figure } from '../measurement.ts'
import { inShop } from '../shop.ts'
import { type Advance, interleaved, partOf } from '../turns.ts'

const rounds = 6
/** One request after the other for so long, as S3 measured. */
const windowMs = 500
const days = 6

const options = { profile: s3SeedProfile }

/**
 * Products list and best sellers: row by row ÷ cached, and without ÷ with their index. Source S3's
 * reads on its profile (1,000 products, 3,800 options, 220,000 counts), through the real app in
 * this process: what is left out is the network, on both sides.
 */
export const reads = inShop(options, async (shop, advance) => {
  const ask = askerOf(shop.options)
  const figures: Figure[] = []
  for (const [index, { name, what, path, theirs, floor }] of cachedReads.entries()) {
    const turns = [ask('cached', path()), ask('database', path())] as const
    const { note, ...ratio } = await compared(turns, partOf(advance, index, 3))
    const source = `S3: ${theirs.database} → ${theirs.cached} ms, ${floor} ×`
    figures.push({
      ...{ name, ...ratio, floor, aim: 100, better: 'higher', unit: '×' },
      note: `${what}, ${note}; ${source}`,
    })
  }
  const turns = [
    popularOf(shop.services, 'with', days),
    popularOf(shop.services, 'without', days),
  ] as const
  const { note, ...ratio } = await compared(turns, partOf(advance, 2, 3))
  const source =
    'S3: 125 → 37.5 ms, which compared unlike with unlike; this is one statement with two hints'
  figures.push({
    ...{ name: 'popular-index', ...ratio, floor: 3.3, aim: 10, better: 'higher', unit: '×' },
    note: `the last 7 of 220 days, ${note}; ${source}`,
  })
  return figures
})

/** Time per request, second ÷ first, with both in words. */
async function compared(
  [fast, slow]: readonly [() => Promise<unknown>, () => Promise<unknown>],
  advance: Advance,
) {
  await Promise.all([fast(), slow()])
  const measures = [
    () => millisecondsOf(fast, windowMs),
    () => millisecondsOf(slow, windowMs),
  ] as const
  const { ratio, a, b } = await interleaved(measures, rounds, advance)
  const note = `${percentile(b, 0.5).toFixed(1)} → ${percentile(a, 0.5).toFixed(3)} ms`
  return { ...ratio, note }
}
