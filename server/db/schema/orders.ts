import { index, mysqlTable, uniqueIndex } from 'drizzle-orm/mysql-core'
import { id, moment, money, word } from './columns.ts'

/**
 * pending → paying → paid; pending → cancelling → cancelled. Paying falls back to pending. An order
 * paid in the request that places it begins as paying: no other request may cancel it meanwhile.
 */
export const orders = mysqlTable(
  'orders',
  (t) => ({
    id: id('id').primaryKey(),
    userId: id('user_id').notNull(),
    status: word('status', 12, ['pending', 'paying', 'paid', 'cancelling', 'cancelled']).notNull(),
    cancelReason: word('cancel_reason', 12, ['customer', 'expired', 'declined', 'undone']),
    totalMinor: money('total_minor').notNull(),
    /** Null once it is undone: the next try of the key makes another order. */
    idempotencyKey: t.varchar('idempotency_key', { length: 100 }),
    createdAt: moment('created_at').notNull(),
    expiresAt: moment('expires_at').notNull(),
    /** When its cancelling or undo began: from then on its stock goes back. */
    cancelledAt: moment('cancelled_at'),
  }),
  (table) => [
    uniqueIndex('orders_idempotency_key').on(table.idempotencyKey),
    index('orders_status_expires').on(table.status, table.expiresAt),
  ],
)

export const orderItems = mysqlTable(
  'order_items',
  (t) => ({
    id: id('id').primaryKey(),
    orderId: id('order_id').notNull(),
    optionId: id('option_id').notNull(),
    quantity: t.int('quantity').notNull(),
    /** Units that the line holds of its option's stock; a reservation holds none. */
    units: t.int('units').notNull(),
    unitPriceMinor: money('unit_price_minor').notNull(),
  }),
  (table) => [index('order_items_order').on(table.orderId)],
)

/** `liveOrderId` is null once a payment has failed: an order has at most one live payment. */
export const payments = mysqlTable(
  'payments',
  (t) => ({
    id: id('id').primaryKey(),
    orderId: id('order_id').notNull(),
    liveOrderId: id('live_order_id'),
    method: word('method', 8, ['balance', 'card']).notNull(),
    status: word('status', 10, ['sent', 'captured', 'declined', 'failed', 'unknown']).notNull(),
    amountMinor: money('amount_minor').notNull(),
    reference: t.varchar('reference', { length: 64 }).notNull(),
    idempotencyKey: t.varchar('idempotency_key', { length: 100 }).notNull(),
    createdAt: moment('created_at').notNull(),
  }),
  (table) => [
    uniqueIndex('payments_live_order').on(table.liveOrderId),
    index('payments_order').on(table.orderId),
    index('payments_idempotency_key').on(table.idempotencyKey),
    uniqueIndex('payments_reference').on(table.reference),
  ],
)

/**
 * A row for each state that a payment comes to: requested, then approved, declined or failed.
 * `unknown` is none of them: the bank will answer, and then the payment has its end.
 */
export const paymentHistory = mysqlTable(
  'payment_history',
  () => ({
    id: id('id').primaryKey(),
    paymentId: id('payment_id').notNull(),
    state: word('state', 10, ['requested', 'approved', 'declined', 'failed']).notNull(),
    createdAt: moment('created_at').notNull(),
  }),
  (table) => [uniqueIndex('payment_history_state').on(table.paymentId, table.state)],
)

/** Paid orders that a worker of the warehouse is to pick, and who has them. */
export const dispatches = mysqlTable(
  'dispatches',
  (t) => ({
    orderId: id('order_id').primaryKey(),
    status: word('status', 8, ['waiting', 'taken', 'done']).notNull(),
    worker: t.varchar('worker', { length: 64 }),
    queuedAt: moment('queued_at').notNull(),
    takenAt: moment('taken_at'),
  }),
  (table) => [index('dispatches_status').on(table.status, table.orderId)],
)
