import { type SQL, sql } from 'drizzle-orm'
import type { Database } from '../../../db/connections.ts'
import { idList, numberById } from '../../../db/statements.ts'
import type { OrderUnits, StockLine } from '../stock.ts'

/** Units by option. */
export type Units = ReadonlyMap<string, number>

/**
 * Takes the units of every option that has enough of them, and locks all the rows named.
 * in: units by option · out: rows changed · closes: two buyers who wait for each other, since the
 * rows are locked along the primary key, which the hint keeps to in a small table too.
 */
export function takeStatement(units: Units): SQL {
  return sql`update product_options force index (primary) set stock = stock - ${numberById(units)}
    where id in (${idList(units.keys())}) and stock >= ${numberById(units)}`
}

/** Reads what is left of options whose rows stay locked, in the order of the ids. */
export function lockStatement(units: Units): SQL {
  return sql`select id, stock from product_options force index (primary)
    where id in (${idList(units.keys())}) for update`
}

/**
 * Takes for one order or several: at best in one statement, where gifts are wanted or stock runs
 * short in two, which lock first and then take for whom there is enough.
 * @returns for each order the gifts that were left; undefined = one of its lines is sold out
 */
export async function takeOrders<Gift extends StockLine>(
  db: Database,
  orders: readonly OrderUnits<Gift>[],
): Promise<(readonly Gift[] | undefined)[]> {
  const lines = orders.flatMap((order) => order.lines)
  const gifts = orders.flatMap((order) => order.gifts)
  if (gifts.length === 0) {
    if (orders.length > 1) db.later(sql`savepoint nothing_taken`)
    const units = added(lines)
    if ((await db.change(takeStatement(units))) === units.size) return orders.map(() => [])
    if (orders.length === 1) return [undefined]
    await db.change(sql`rollback to savepoint nothing_taken`)
  }
  const rows = await db.rows<{ id: string; stock: number }>(
    lockStatement(added([...lines, ...gifts])),
  )
  const { left, taken } = inTurn(orders, new Map(rows.map(({ id, stock }) => [String(id), stock])))
  if (taken.size > 0) await db.change(takeStatement(taken))
  return left
}

/** Who is served, in the order of their coming, and what that takes of each option. */
function inTurn<Gift extends StockLine>(orders: readonly OrderUnits<Gift>[], stock: Units) {
  const taken = new Map<string, number>()
  const fits = (units: Units) =>
    [...units].every(([id, count]) => (taken.get(id) ?? 0) + count <= (stock.get(id) ?? -1))
  const take = (units: Units) => {
    for (const [id, count] of units) taken.set(id, (taken.get(id) ?? 0) + count)
  }
  const left = orders.map(({ lines, gifts }) => {
    const units = added(lines)
    if (!fits(units)) return undefined
    take(units)
    return gifts.filter((gift) => {
      const piece = added([gift])
      if (!fits(piece)) return true
      take(piece)
      return false
    })
  })
  return { left, taken }
}

/** Adds lines of the same option up. */
function added(lines: readonly StockLine[]): Map<string, number> {
  const units = new Map<string, number>()
  for (const { optionId, quantity } of lines) {
    units.set(optionId, (units.get(optionId) ?? 0) + quantity)
  }
  return units
}
