import { index, mysqlTable, uniqueIndex } from 'drizzle-orm/mysql-core'
import { id, moment, word } from './columns.ts'

/** An order that was taken in with 202, to be placed by a worker: one row a key. */
export const orderIntakes = mysqlTable(
  'order_intakes',
  (t) => ({
    id: t.bigint('id', { mode: 'number', unsigned: true }).autoincrement().primaryKey(),
    idempotencyKey: t.varchar('idempotency_key', { length: 100 }).notNull(),
    fingerprint: t.varchar('fingerprint', { length: 64 }).notNull(),
    userId: id('user_id').notNull(),
    /** What was asked for. Null once the intake has ended: it may name a card. */
    request: t.text('request'),
    status: word('status', 8, ['waiting', 'placed', 'refused']).notNull(),
    attempts: t.int('attempts').notNull(),
    /** No worker takes it before; then it is the lease of one; in the end, when it ended. */
    dueAt: moment('due_at').notNull(),
    createdAt: moment('created_at').notNull(),
    /** The order or the problem. Text, not JSON: a replay is to be the same bytes. */
    responseBody: t.longtext('response_body'),
  }),
  (table) => [
    uniqueIndex('order_intakes_key').on(table.idempotencyKey),
    index('order_intakes_due').on(table.status, table.dueAt, table.createdAt),
  ],
)
