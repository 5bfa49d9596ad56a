import { index, mysqlTable, primaryKey } from 'drizzle-orm/mysql-core'
import { id, moment, word } from './columns.ts'

/**
 * Units of one option that were taken off in one statement, for many. `quantity` = what its claims
 * hold + `returned`, once it is settled; until then the rest is on its way to a claim, or lost.
 */
export const stockBatches = mysqlTable(
  'stock_batches',
  (t) => ({
    id: t.bigint('id', { mode: 'number', unsigned: true }).autoincrement().primaryKey(),
    optionId: id('option_id').notNull(),
    quantity: t.int('quantity').notNull(),
    /** Units without a claim when the batch was settled: they went back. */
    returned: t.int('returned').notNull().default(0),
    createdAt: moment('created_at').notNull(),
    settledAt: moment('settled_at'),
  }),
  (table) => [index('stock_batches_settled').on(table.settledAt, table.createdAt)],
)

/** What became of a ticket of a batch: kept by committed work, or returned ahead of the rest. */
export const stockClaims = mysqlTable(
  'stock_claims',
  (t) => ({
    batchId: t.bigint('batch_id', { mode: 'number', unsigned: true }).notNull(),
    ticket: t.int('ticket').notNull(),
    optionId: id('option_id').notNull(),
    quantity: t.int('quantity').notNull(),
    status: word('status', 8, ['kept', 'returned']).notNull(),
    createdAt: moment('created_at').notNull(),
  }),
  (table) => [primaryKey({ columns: [table.batchId, table.ticket] })],
)

/** The life of an option's counter in Redis: reservations of another epoch are worth nothing. */
export const stockCounters = mysqlTable('stock_counters', (t) => ({
  optionId: id('option_id').primaryKey(),
  epoch: t.varchar('epoch', { length: 36 }).notNull(),
  rebuiltAt: moment('rebuilt_at').notNull(),
}))

/**
 * Reservations of a counter as committed work has claimed them; below zero = given back.
 * open → settled (in `product_options`); given back: open → counted (there, not yet in Redis) →
 * settled. `refused` is a tombstone: a reservation that was not claimed in time.
 */
export const stockReservations = mysqlTable(
  'stock_reservations',
  (t) => ({
    id: t.varchar('id', { length: 36 }).primaryKey(),
    optionId: id('option_id').notNull(),
    quantity: t.int('quantity').notNull(),
    status: word('status', 8, ['open', 'counted', 'settled', 'refused']).notNull(),
    createdAt: moment('created_at').notNull(),
  }),
  (table) => [
    index('stock_reservations_status').on(table.status, table.optionId),
    index('stock_reservations_created').on(table.createdAt),
  ],
)
