import { type SQL, sql } from 'drizzle-orm'
import type { Database } from '../../db/connections.ts'
import { listOf } from '../../db/statements.ts'
import { type PopularItem, type PopularRange, popularBody } from './reads.ts'

/** The table with no index to use: every row is read, whatever the days. */
export const unindexed = sql`daily_popular_products use index ()`
/** The table by its index alone: only the rows of the days are read. */
export const byDay = sql`daily_popular_products force index (daily_popular_products_sold)`

/** The most sold options of a range: one statement, whose plan the table's hint decides. */
export const totalsStatement = (table: SQL, { from, to, limit }: PopularRange): SQL => sql`
  select option_id as optionId, sum(total_sold) as totalSold
  from ${table}
  where sold_date between ${from} and ${to}
  group by option_id order by totalSold desc, optionId limit ${limit}`

export const totalsOf = (db: Database, table: SQL, range: PopularRange): Promise<OptionTotal[]> =>
  db.rows<OptionTotal>(totalsStatement(table, range))

export interface OptionTotal {
  optionId: string
  totalSold: string | number
}

type Names = Omit<PopularItem, 'totalSold'>

/** Names of options and their products, by option id. */
export async function namesOf(db: Database, optionIds: string[]): Promise<Map<string, Names>> {
  if (optionIds.length === 0) return new Map()
  const rows = await db.rows<Names>(sql`
    select p.id as productId, p.name as productName, o.id as optionId, o.name as optionName
    from product_options o join products p on p.id = o.product_id
    where o.id in (${listOf(optionIds)})`)
  return new Map(rows.map((row) => [row.optionId, row]))
}

/** Totals with names, in the order of the totals. */
export const named = (totals: OptionTotal[], names: Map<string, Names>) =>
  totals.flatMap(({ optionId, totalSold }) => {
    const known = names.get(optionId)
    return known ? [{ ...known, totalSold }] : []
  })

/** The body of a range whose totals are known: their names are one statement more. */
export async function withNames(
  db: Database,
  range: PopularRange,
  totals: OptionTotal[],
): Promise<string> {
  const optionIds = totals.map(({ optionId }) => optionId)
  return popularBody(range, named(totals, await namesOf(db, optionIds)))
}
