import { s3SeedProfile } from '../../../server/db/seed.ts'
import { amount } from '../../judge/format.ts'
import { figureColumns, type Table, table, textColumns } from '../../report/document.ts'
import { explainPopular, type Index, millisecondsOf, popularOf } from '../catalogue-reads.ts'
import { audited, type Reproduction, type Row, type SourceTestBed } from '../measurement.ts'
import { type InProcessShop, withShop } from '../shop.ts'
import { type Advance, inTurns, partOf } from '../turns.ts'

const arms = ['without', 'with'] as const
const windowMs = 300
const theirs = { without: 125, with: 37.5 }
const allDays = s3SeedProfile.popularDays
/** The source had 8,265 of 220,550 rows in July: about the last 8 of 220 days. */
const monthDays = 8

const theirRows = { without: '220,550', with: '8,265' }

export const s3Index: Reproduction = async (testBed, advance) => {
  return await withShop(testBed, { profile: s3SeedProfile }, async (shop) => {
    const alike = { without: monthDays, with: monthDays }
    const unlike = { without: allDays, with: monthDays }
    return {
      rows: [
        await measure(testBed, shop, alike, partOf(advance, 0, 2)),
        await measure(testBed, shop, unlike, partOf(advance, 1, 2)),
      ],
      audits: [audited('reads=indexed', await shop.audit())],
      remarks: [
        'EXPLAIN names the index only where it is used, and its rows are an estimate. The source ' +
          `printed ${theirRows.without} rows without the index and ${theirRows.with} with it, of ` +
          'different ranges.',
      ],
      nodes: [await explained(shop)],
    }
  })
}

/** @param days of each arm: the same are like for like */
async function measure(
  { quick }: SourceTestBed,
  { services }: InProcessShop,
  days: Record<Index, number>,
  advance: Advance,
): Promise<Row> {
  for (const arm of arms) await popularOf(services, arm, days[arm])()
  const measured = (arm: Index) => millisecondsOf(popularOf(services, arm, days[arm]), windowMs)
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

/** The server’s own EXPLAIN of the same statement, before and after. */
async function explained({ services }: InProcessShop): Promise<Table> {
  const columns = [
    ...textColumns('EXPLAIN', 'type', 'key'),
    ...figureColumns('days', 'rows'),
    ...textColumns('extra'),
  ]
  const lines: string[][] = []
  for (const days of [monthDays, allDays]) {
    for (const arm of arms) {
      const { type, key, rows, extra } = await explainPopular(services, arm, days)
      const name = `${arm} the index`
      lines.push([name, type ?? '–', key ?? 'none', String(days), amount(rows), extra])
    }
  }
  return table(columns, lines)
}
