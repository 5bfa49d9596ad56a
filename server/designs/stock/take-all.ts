import { type SQL, sql } from 'drizzle-orm'
import type { Database } from '../../db/connections.ts'
import { rowsOf } from '../../db/statements.ts'
import type { StockLine } from './stock.ts'

/** Units by option. */
export type Units = ReadonlyMap<string, number>

/** As a number written out: as strings, long ids would be compared as floating point. */
const integer = (id: string): SQL => sql.raw(String(BigInt(id)))

const idsOf = (units: Units) => sql.join([...units.keys()].map(integer), sql`,`)

/** The same of every option, as most orders want, or a count for each. */
function unitsById(units: Units): SQL {
  const [first, ...others] = new Set(units.values())
  if (others.length === 0) return sql`${first}`
  const cases = [...units].map(([id, count]) => sql`when ${integer(id)} then ${count}`)
  return sql`case id ${sql.join(cases, sql` `)} end`
}

/**
 * Takes the units of every option that has enough of them, and locks all the rows named.
 * in: units by option · out: rows changed · closes: two buyers who wait for each other, since the
 * rows are locked along the primary key, which the hint keeps to in a small table too.
 */
export function takeStatement(units: Units): SQL {
  return sql`update product_options force index (primary) set stock = stock - ${unitsById(units)}
    where id in (${idsOf(units)}) and stock >= ${unitsById(units)}`
}

/** The stock of options whose rows stay locked, in the order of the ids. */
export async function lockedStock(db: Database, units: Units): Promise<Units> {
  const rows = await rowsOf<{ id: string; stock: number }>(
    db,
    sql`select id, stock from product_options force index (primary)
        where id in (${idsOf(units)}) for update`,
  )
  return new Map(rows.map(({ id, stock }) => [String(id), stock]))
}

/** Adds lines of the same option up. */
export function added(lines: readonly StockLine[]): Map<string, number> {
  const units = new Map<string, number>()
  for (const { optionId, quantity } of lines) {
    units.set(optionId, (units.get(optionId) ?? 0) + quantity)
  }
  return units
}
