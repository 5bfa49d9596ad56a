import {
  bigint,
  customType,
  date,
  datetime,
  index,
  int,
  json,
  longtext,
  mysqlTable,
  primaryKey,
  smallint,
  uniqueIndex,
  varchar,
} from 'drizzle-orm/mysql-core'

/** Ids are decimal strings from end to end: a JavaScript number merges neighbours above 2^53. */
const id = customType<{ data: string; driverData: string }>({
  dataType: () => 'bigint unsigned',
  fromDriver: String,
})
const money = (name: string) => bigint(name, { mode: 'number' })
const moment = (name: string) => datetime(name, { mode: 'date', fsp: 3 })

export const users = mysqlTable('users', {
  id: id('id').primaryKey(),
  name: varchar('name', { length: 100 }).notNull(),
  balanceMinor: money('balance_minor').notNull(),
  initialBalanceMinor: money('initial_balance_minor').notNull(),
})

/** Every movement of a balance; the reference makes each happen once. */
export const balanceEntries = mysqlTable(
  'balance_entries',
  {
    reference: varchar('reference', { length: 120 }).primaryKey(),
    userId: id('user_id').notNull(),
    amountMinor: money('amount_minor').notNull(),
    createdAt: moment('created_at').notNull(),
  },
  (table) => [index('balance_entries_user').on(table.userId)],
)

export const products = mysqlTable('products', {
  id: id('id').primaryKey(),
  name: varchar('name', { length: 100 }).notNull(),
})

export const productOptions = mysqlTable(
  'product_options',
  {
    id: id('id').primaryKey(),
    productId: id('product_id').notNull(),
    name: varchar('name', { length: 100 }).notNull(),
    priceMinor: money('price_minor').notNull(),
    stock: int('stock').notNull(),
    initialStock: int('initial_stock').notNull(),
  },
  (table) => [index('product_options_product').on(table.productId)],
)

export const cartItems = mysqlTable(
  'cart_items',
  {
    id: id('id').primaryKey(),
    userId: id('user_id').notNull(),
    optionId: id('option_id').notNull(),
    quantity: int('quantity').notNull(),
  },
  (table) => [uniqueIndex('cart_items_user_option').on(table.userId, table.optionId)],
)

/**
 * pending → paying → paid; pending → cancelling → cancelled. Paying falls back to pending. An order
 * paid in the request that places it begins as paying: nobody else may cancel it meanwhile.
 */
export const orders = mysqlTable(
  'orders',
  {
    id: id('id').primaryKey(),
    userId: id('user_id').notNull(),
    status: varchar('status', {
      length: 12,
      enum: ['pending', 'paying', 'paid', 'cancelling', 'cancelled'],
    }).notNull(),
    cancelReason: varchar('cancel_reason', {
      length: 12,
      enum: ['customer', 'expired', 'declined', 'undone'],
    }),
    totalMinor: money('total_minor').notNull(),
    idempotencyKey: varchar('idempotency_key', { length: 100 }).notNull(),
    createdAt: moment('created_at').notNull(),
    expiresAt: moment('expires_at').notNull(),
  },
  (table) => [
    uniqueIndex('orders_idempotency_key').on(table.idempotencyKey),
    index('orders_status_expires').on(table.status, table.expiresAt),
  ],
)

export const orderItems = mysqlTable(
  'order_items',
  {
    id: id('id').primaryKey(),
    orderId: id('order_id').notNull(),
    optionId: id('option_id').notNull(),
    quantity: int('quantity').notNull(),
    unitPriceMinor: money('unit_price_minor').notNull(),
  },
  (table) => [index('order_items_order').on(table.orderId)],
)

/** `liveOrderId` is null once a payment has failed: an order has at most one live payment. */
export const payments = mysqlTable(
  'payments',
  {
    id: id('id').primaryKey(),
    orderId: id('order_id').notNull(),
    liveOrderId: id('live_order_id'),
    method: varchar('method', { length: 8, enum: ['balance', 'card'] }).notNull(),
    status: varchar('status', {
      length: 10,
      enum: ['sent', 'captured', 'declined', 'failed', 'unknown'],
    }).notNull(),
    amountMinor: money('amount_minor').notNull(),
    reference: varchar('reference', { length: 64 }).notNull(),
    idempotencyKey: varchar('idempotency_key', { length: 100 }).notNull(),
    createdAt: moment('created_at').notNull(),
  },
  (table) => [
    uniqueIndex('payments_live_order').on(table.liveOrderId),
    index('payments_order').on(table.orderId),
    index('payments_idempotency_key').on(table.idempotencyKey),
    index('payments_reference').on(table.reference),
  ],
)

/** One row per key: the sequence table that every id of the old design queues for. */
export const sequences = mysqlTable('sequences', {
  name: varchar('name', { length: 32 }).primaryKey(),
  value: id('value').notNull(),
})

/** What a split flow has set out to do; recovery ends what nobody holds a lease on. */
export const sagas = mysqlTable(
  'sagas',
  {
    id: bigint('id', { mode: 'number', unsigned: true }).autoincrement().primaryKey(),
    kind: varchar('kind', { length: 20 }).notNull(),
    idempotencyKey: varchar('idempotency_key', { length: 100 }).notNull(),
    status: varchar('status', {
      length: 8,
      enum: ['running', 'undoing', 'done', 'undone'],
    }).notNull(),
    design: varchar('design', { length: 255 }).notNull(),
    state: json('state').notNull(),
    attempts: int('attempts').notNull(),
    leaseUntil: moment('lease_until').notNull(),
  },
  (table) => [
    index('sagas_status_lease').on(table.status, table.leaseUntil),
    index('sagas_idempotency_key').on(table.idempotencyKey),
  ],
)

/** `fenced` is a tombstone: the step never ran and never will, however late its executor wakes. */
export const sagaSteps = mysqlTable(
  'saga_steps',
  {
    sagaId: bigint('saga_id', { mode: 'number', unsigned: true }).notNull(),
    position: smallint('position').notNull(),
    name: varchar('name', { length: 32 }).notNull(),
    status: varchar('status', { length: 8, enum: ['done', 'undone', 'fenced'] }).notNull(),
    state: json('state').notNull(),
  },
  (table) => [primaryKey({ columns: [table.sagaId, table.position] })],
)

export const outbox = mysqlTable(
  'outbox',
  {
    id: bigint('id', { mode: 'number', unsigned: true }).autoincrement().primaryKey(),
    eventId: varchar('event_id', { length: 120 }).notNull(),
    type: varchar('type', { length: 32 }).notNull(),
    payload: json('payload').notNull(),
    createdAt: moment('created_at').notNull(),
    relayedAt: moment('relayed_at'),
  },
  (table) => [
    uniqueIndex('outbox_event').on(table.eventId),
    index('outbox_relayed').on(table.relayedAt, table.id),
  ],
)

/** Inbox of the worker: an effect is applied in the transaction that writes its row here. */
export const effects = mysqlTable(
  'effects',
  {
    eventId: varchar('event_id', { length: 120 }).notNull(),
    handler: varchar('handler', { length: 20 }).notNull(),
    status: varchar('status', { length: 8, enum: ['done', 'dead'] }).notNull(),
    attempts: int('attempts').notNull(),
    error: varchar('error', { length: 255 }),
    createdAt: moment('created_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.eventId, table.handler] })],
)

export const dailyPopularProducts = mysqlTable(
  'daily_popular_products',
  {
    soldDate: date('sold_date', { mode: 'string' }).notNull(),
    optionId: id('option_id').notNull(),
    totalSold: bigint('total_sold', { mode: 'number' }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.soldDate, table.optionId] })],
)

/** One arbitrated claim per key: whoever inserts the row runs the request. */
export const idempotencyKeys = mysqlTable('idempotency_keys', {
  key: varchar('idempotency_key', { length: 100 }).primaryKey(),
  fingerprint: varchar('fingerprint', { length: 64 }).notNull(),
  lockedUntil: moment('locked_until').notNull(),
  responseStatus: smallint('response_status'),
  /** Text, not JSON: MySQL would sort the keys, and a replay is to be the same bytes. */
  responseBody: longtext('response_body'),
  createdAt: moment('created_at').notNull(),
})
