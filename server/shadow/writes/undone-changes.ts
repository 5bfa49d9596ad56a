import { type SQL, sql } from 'drizzle-orm'
import type { Database } from '../../db/connections.ts'
import type { HeldTransaction } from '../../db/held-transaction.ts'
import { idList } from '../../db/statements.ts'
import { columnsOf } from './data-changes.ts'
import type { TouchedRows } from './touched-rows.ts'

type Row = Record<string, unknown>
type Rows = Record<string, Row[]>

/**
 * What a flow has changed in a transaction that is held, which is undone by it.
 * in: the rows that the order touches, the key of its run · out: the rows that it has written, by
 * table, and by how much each number of the others has changed, since customers change those from
 * one run to the next · closes: a customer's change that is counted as the flow's, since both
 * looks are at the latest rows, which are locked from the first look on · leaves open: a lock on
 * rows that the flow itself has only read.
 */
export async function undoneChanges(
  { db, undo }: Pick<HeldTransaction, 'db' | 'undo'>,
  touched: TouchedRows,
  key: string,
): Promise<Rows> {
  const written = await writtenRows(db, key)
  const after = await movedRows(db, touched)
  await undo()
  const before = await movedRows(db, touched)
  const moved = Object.keys(after).map((table) => [table, moves(table, before, after)])
  return { ...written, ...Object.fromEntries(moved) }
}

/** Only this run has the key: nothing of other transactions is among them. */
async function writtenRows(db: Database, key: string): Promise<Rows> {
  const orders = sql`(select id from orders where idempotency_key = ${key})`
  const references = sql`(select reference from payments where order_id in ${orders})`
  const ofOrder = sql`order_id in ${orders}`
  const where: Record<string, SQL> = {
    orders: sql`idempotency_key = ${key}`,
    order_items: ofOrder,
    payments: ofOrder,
    dispatches: ofOrder,
    balance_entries: sql`reference in ${references}`,
  }
  const found: Rows = {}
  for (const [table, of] of Object.entries(where)) {
    found[table] = await db.rows<Row>(
      sql`select ${columnsOf(table)} from ${sql.identifier(table)} where ${of} order by 1, 2`,
    )
  }
  return found
}

/** The columns that name a row of a table. */
const keys: Readonly<Record<string, readonly string[]>> = {
  users: ['id'],
  product_options: ['id'],
  promotion_claims: ['option_id', 'user_id'],
  stock_lines: ['option_id'],
}

/** As they are now, and locked; those of which the transaction alone has written are summed up. */
async function movedRows(db: Database, touched: TouchedRows): Promise<Rows> {
  const idsOf = (table: string) => (touched[table] ?? []).map(({ id }) => String(id))
  const [users, options] = [idsOf('users'), idsOf('product_options')]
  if (users.length === 0 || options.length === 0) return {}
  const claimed = await db.rows(sql`select 1 from promotion_claims
      where user_id in (${idList(users)}) and option_id in (${idList(options)}) limit 1`)
  return {
    users: await db.rows<Row>(sql`select ${columnsOf('users')} from users
        where id in (${idList(users)}) lock in share mode`),
    product_options: await db.rows<Row>(sql`select ${columnsOf('product_options')}
        from product_options force index (primary) where id in (${idList(options)})
        lock in share mode`),
    // Where there is none, a locking read would lock the gap for all other customers.
    promotion_claims:
      claimed.length === 0
        ? []
        : await db.rows<Row>(sql`select ${columnsOf('promotion_claims')}
            from promotion_claims
            where option_id in (${idList(options)}) and user_id in (${idList(users)})
            lock in share mode`),
    stock_lines: await db.rows<Row>(sql`
      select option_id, cast(sum(quantity) as signed) as quantity from stock_lines
      where option_id in (${idList(options)}) group by option_id`),
  }
}

/** Of each row by how much its numbers have changed; one that was not there had 0. */
function moves(table: string, before: Rows, after: Rows): Row[] {
  const names = keys[table] ?? []
  const byKey = (rows: readonly Row[] = []) =>
    new Map(rows.map((row) => [names.map((name) => String(row[name])).join(), row]))
  const [was, is] = [byKey(before[table]), byKey(after[table])]
  return [...new Set([...was.keys(), ...is.keys()])].sort().map((key) => {
    const row = is.get(key) ?? was.get(key) ?? {}
    const cells = Object.keys(row).map((name) => {
      if (names.includes(name)) return [name, row[name]]
      return [name, Number(is.get(key)?.[name] ?? 0) - Number(was.get(key)?.[name] ?? 0)]
    })
    return Object.fromEntries(cells)
  })
}
