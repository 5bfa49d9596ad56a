import { type SQL, sql } from 'drizzle-orm'
import type { Connections } from '../../db/connections.ts'

/** An order that was undone is as if it had never been. */
const standing = sql`(cancel_reason is null or cancel_reason <> 'undone')`
const ofStanding = sql`order_id in (select id from orders where ${standing})`
const all = sql`true`

/**
 * What a shop keeps of a sale, whatever options it has: tables and columns that are compared. How
 * an option gets there (sagas, batches, versions, keys) is its own business.
 */
export const recordTables: Readonly<Record<string, { columns: readonly string[]; of: SQL }>> = {
  users: { columns: ['id', 'balance_minor', 'version'], of: all },
  balance_entries: { columns: ['reference', 'user_id', 'amount_minor'], of: all },
  product_options: { columns: ['id', 'stock', 'quota_taken'], of: all },
  stock_lines: { columns: ['option_id', 'quantity'], of: all },
  promotion_claims: { columns: ['option_id', 'user_id', 'quantity'], of: all },
  orders: {
    columns: ['id', 'user_id', 'status', 'cancel_reason', 'total_minor', 'idempotency_key'],
    of: standing,
  },
  order_items: {
    columns: ['id', 'order_id', 'option_id', 'quantity', 'units', 'unit_price_minor'],
    of: ofStanding,
  },
  payments: {
    columns: [
      ...['id', 'order_id', 'live_order_id', 'method', 'status', 'amount_minor', 'reference'],
    ],
    of: ofStanding,
  },
  payment_history: {
    columns: ['id', 'payment_id', 'state'],
    of: sql`payment_id in (select id from payments where ${ofStanding})`,
  },
  dispatches: { columns: ['order_id', 'status'], of: all },
  outbox: { columns: ['event_id', 'type', 'payload'], of: all },
}

/** The columns of a table that are compared, for a list of a query. */
export const columnsOf = (table: string): SQL =>
  sql.join(
    (recordTables[table]?.columns ?? []).map((name) => sql.identifier(name)),
    sql`, `,
  )

/** What a run has left in the tables, by table. */
export async function changesIn(connections: Connections): Promise<Record<string, object[]>> {
  return await connections.use(async (db) => {
    const found: Record<string, object[]> = {}
    for (const [table, { of }] of Object.entries(recordTables)) {
      // By the first columns: a table without a key of its own has rows that are alike.
      found[table] = await db.rows(
        sql`select ${columnsOf(table)} from ${sql.identifier(table)} where ${of} order by 1, 2`,
      )
    }
    return found
  })
}
