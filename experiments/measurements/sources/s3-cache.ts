import { sql } from 'drizzle-orm'
import { s3SeedProfile } from '../../../server/db/seed.ts'
import { timeOfRush } from '../../run/closed-loop.ts'
import { type Ask, askerOf, cachedReads, millisecondsOf } from '../catalogue-reads.ts'
import { audited, designsOf, type Reproduction, type Row } from '../measurement.ts'
import { type InProcessShop, withShop } from '../shop.ts'
import { type Advance, inTurns, partOf } from '../turns.ts'

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
        partOf(advance, index, cachedReads.length + 1),
      )
      rows.push({
        what: `${what}, one request after the other`,
        unit: 'ms',
        better: 'lower',
        designs: designsOf('reads', ours, (ms) => ms, { theirs, titles: { cached: 'cache' } }),
      })
    }
    const last = partOf(advance, cachedReads.length, cachedReads.length + 1)
    rows.push(...(await coldReads(shop, ask, testBed.quick ? 3 : 8, last)))
    const audits = [audited('reads=cached', await shop.audit())]
    return { rows, audits, remarks: [] }
  })
}

const caches = ['cache-aside', 'cached'] as const
const readersAtOnce = 50
/** Limits of ranges that no other request asks for: each is cold once. */
let coldLimit = 20

/** Many readers at once of an answer that is in no cache, as when its entry has run out. */
async function coldReads(
  { services }: InProcessShop,
  ask: Ask,
  rounds: number,
  advance: Advance,
): Promise<Row[]> {
  const selects = async () => {
    const [row] = await services.connections.rows<{ Value: string }>(
      sql`show global status where variable_name = 'Com_select'`,
    )
    return Number(row?.Value)
  }
  const measure = async (option: (typeof caches)[number]) => {
    const request = ask(option, `${cachedReads[1].path()}&limit=${++coldLimit}`)
    const before = await selects()
    let refused = 0
    const ms = await timeOfRush(readersAtOnce, readersAtOnce, () =>
      request().catch((error: Error) => {
        // The connections that a reader waits for are those of the others.
        if (!error.message.endsWith(': 503')) throw error
        refused += 1
      }),
    )
    const failedPercent = (100 * refused) / readersAtOnce
    return { ms, selects: (await selects()) - before, failedPercent }
  }
  const ours = await inTurns(caches, rounds, measure, advance)
  const what = `cold cache: ${readersAtOnce} readers at once of best sellers of 30 days`
  return [
    {
      ...{ what: `${what}, until the last has its answer`, unit: 'ms', better: 'lower' },
      designs: designsOf('reads', ours, ({ ms }) => ms),
    },
    {
      ...{ what: `${what}: SELECTs that it takes`, unit: 'requests', better: 'lower' },
      designs: designsOf('reads', ours, (one) => one.selects),
    },
    {
      ...{ what: `${what}: readers that got no connection`, unit: '% failed', better: 'lower' },
      designs: designsOf('reads', ours, ({ failedPercent }) => failedPercent),
      note: 'Cache-aside has no lock and no stale answer: each reader asks the database.',
    },
  ]
}
