import { type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Connections, Database } from '../../db/connections.ts'
import { listOf } from '../../db/statements.ts'
import { sequenceNames } from '../../designs/ids/ids.ts'
import { recordTables } from './data-changes.ts'

type Row = Record<string, unknown>

/** Rows of the shop that an order reads and changes, by table, as they stood at one moment. */
export type TouchedRows = Readonly<Record<string, readonly Row[]>>

/**
 * An order that can be repeated: what it takes from the cart, or redeems, is gone once it is
 * answered.
 */
const repeatable = z.object({
  userId: z.string(),
  items: z.array(z.object({ optionId: z.string() })).min(1),
  coupon: z.undefined().optional(),
})

/**
 * Reads, without a lock, the rows that an order touches.
 * @returns undefined for a request that cannot be repeated
 */
export async function touchedBy(
  { use }: Pick<Connections, 'use'>,
  body: unknown,
): Promise<TouchedRows | undefined> {
  const { data: order } = repeatable.safeParse(body)
  if (!order) return undefined
  const wanted = listOf(order.items.map(({ optionId }) => optionId))
  const gifts = sql`select gift_option_id from product_options where id in (${wanted})`
  return await use(async (db) => {
    const rows = (table: string, where: SQL) =>
      db.rows<Row>(sql`select * from ${sql.identifier(table)} where ${where}`)
    const { userId } = order
    return {
      users: await rows('users', sql`id = ${userId}`),
      product_options: await rows('product_options', sql`id in (${wanted}) or id in (${gifts})`),
      promotion_claims: await rows(
        'promotion_claims',
        sql`user_id = ${userId} and option_id in (${wanted})`,
      ),
    }
  })
}

/** Tables besides those of the record that an order may leave rows in. */
const machinery = [
  ...['sequences', 'sagas', 'saga_steps', 'idempotency_keys', 'effects', 'replaced_tickets'],
  ...['stock_batches', 'stock_claims', 'stock_counters', 'stock_reservations'],
  ...['daily_popular_products', 'cart_items'],
]

/** Puts the rows where the last run has been, and nothing else: every run finds the same. */
export async function putRows(connections: Connections, rows: TouchedRows): Promise<void> {
  await connections.transaction(async (db) => {
    for (const table of [...Object.keys(recordTables), ...machinery]) {
      db.later(sql`delete from ${sql.identifier(table)}`)
    }
    for (const [table, own] of Object.entries(rows)) insert(db, table, own)
    insert(
      db,
      'sequences',
      sequenceNames.map((name) => ({ name, value: 0 })),
    )
  })
}

function insert(db: Database, table: string, rows: readonly Row[]): void {
  const [first] = rows
  if (!first) return
  const names = Object.keys(first)
  const columns = sql.join(
    names.map((name) => sql.identifier(name)),
    sql`, `,
  )
  const values = rows.map((row) => {
    const cells = names.map((name) => sql`${row[name] ?? null}`)
    return sql`(${sql.join(cells, sql`, `)})`
  })
  db.later(
    sql`insert into ${sql.identifier(table)} (${columns}) values ${sql.join(values, sql`, `)}`,
  )
}
