import { sql } from 'drizzle-orm'
import { askForCoupon, fillPool, growLog } from '../coupon-log.ts'
import { type StepName, type StepResult, steps, underLoad } from '../coupon-purge.ts'
import { audited, type Reproduction, type Row } from '../measurement.ts'
import { type InProcessShop, withShop } from '../shop.ts'
import { inTurns, partOf } from '../turns.ts'

const pool = 60_000
const purges = ['one delete', '500 rows at a time'] as const
const indexes = [
  'create index behind an idle transaction',
  'create index online, that gives up after a second and tries again',
] as const

export const s2Purge: Reproduction = async (testBed, advance) =>
  await withShop(testBed, { poolConnections: 16 }, async (shop) => {
    const rows = testBed.quick ? 50_000 : 200_000
    const rounds = testBed.quick ? 1 : 2
    const measure = await measureIn(shop, rows)
    const purged = await inTurns(purges, rounds, measure, partOf(advance, 0, 2))
    const indexed = await inTurns(indexes, rounds, measure, partOf(advance, 1, 2))
    const results: Record<StepName, StepResult[]> = { ...purged, ...indexed }
    return {
      rows: [
        ...rowsOf(`${rows.toLocaleString('en')} old rows deleted`, purges, results),
        ...rowsOf('the index created', indexes, results),
      ],
      audits: [audited('the log after all of it', await shop.audit())],
      remarks: [
        ...[...purges, ...indexes].flatMap((name) => whoWaited(name, results[name])),
        'One delete keeps its row locks and its undo until its commit, and a replica repeats it ' +
          'as one: on a single server whose partners write other rows, little of that shows.',
        'Behind the idle transaction the create index waits for the table’s definition, and all ' +
          'that comes later waits behind it; given up after a second, it lets them by.',
      ],
    }
  })

/**
 * Partners ask meanwhile without the index, which is not needed for a product at Z99. They do so by
 * the design in which no request waits for another: what is left of waiting is the step's.
 */
async function measureIn(shop: InProcessShop, rows: number) {
  const ctx = shop.ctx('after,coupons=batched')
  await growLog(shop, 1000)
  await askForCoupon(ctx, 0)
  const isThere = async () => {
    const found = await shop.services.connections.rows(sql`
      select 1 from information_schema.statistics where table_schema = database()
      and table_name = 'coupon_issues' and index_name = 'coupon_issues_seq' limit 1`)
    return found.length > 0
  }
  return async (name: StepName): Promise<StepResult> => {
    const { connections } = shop.services
    if (await isThere()) {
      await connections.change(sql`alter table coupon_issues drop index coupon_issues_seq`)
    }
    await growLog(shop, rows)
    await fillPool(shop, pool)
    return await underLoad(shop, ctx, steps[name])
  }
}

const rowsOf = (
  what: string,
  names: readonly StepName[],
  results: Record<StepName, StepResult[]>,
): Row[] => {
  const row = (
    figure: (result: StepResult) => number,
    ending: string,
    unit: Row['unit'],
    better: Row['better'],
  ): Row => ({
    what: `${what} while partners ask: ${ending}`,
    unit,
    better,
    designs: names.map((name) => {
      const option = 'coupons=batched'
      return { name, option, theirs: null, ours: results[name].map(figure) }
    }),
  })
  return [
    row(({ stallMs }) => stallMs, 'longest time without an answer', 'ms', 'lower'),
    row(({ couponsPerSecond }) => couponsPerSecond, 'coupons meanwhile', 'coupons/s', 'higher'),
    row(({ seconds }) => seconds, 'how long it takes', 's', 'lower'),
  ]
}

function whoWaited(name: StepName, results: readonly StepResult[]): string[] {
  const [worst] = results.toSorted((a, b) => b.waiting.sessions - a.waiting.sessions)
  const failed = results.reduce((sum, result) => sum + result.failed, 0)
  const refused = failed > 0 ? [`${name}: ${failed} requests failed.`] : []
  if (!worst || worst.waiting.sessions === 0) return refused
  const { sessions, statements } = worst.waiting
  const ran = statements.join('; ')
  return [...refused, `${name}: ${sessions} sessions waited for the metadata lock (${ran}).`]
}
