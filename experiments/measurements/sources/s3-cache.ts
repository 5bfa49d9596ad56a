import { s3SeedProfile } from '../../../server/db/seed.ts'
import { askerOf, cachedReads, millisecondsOf } from '../catalogue-reads.ts'
import { audited, designsOf, type Reproduction, type Row } from '../measurement.ts'
import { withShop } from '../shop.ts'
import { inTurns, partOf } from '../turns.ts'

const options = ['database', 'cached'] as const
const windowMs = 500

export const s3Cache: Reproduction = async (testBed, advance) => {
  return await withShop(testBed, { profile: s3SeedProfile }, async (shop) => {
    const ask = askerOf(shop.options)
    const rows: Row[] = []
    for (const [index, { what, path, theirs }] of cachedReads.entries()) {
      // Warm, as the schedule keeps it; and the database has its pages in memory.
      for (const option of options) await ask(option, path())()
      const ours = await inTurns(
        options,
        testBed.quick ? 2 : 8,
        (option) => millisecondsOf(ask(option, path()), windowMs),
        partOf(advance, index, cachedReads.length),
      )
      rows.push({
        what: `${what}, one request after the other`,
        unit: 'ms',
        better: 'lower',
        designs: designsOf('reads', ours, (ms) => ms, { theirs, titles: { cached: 'cache' } }),
      })
    }
    const audits = [audited('reads=cached', await shop.audit())]
    return { rows, audits, remarks: [] }
  })
}
