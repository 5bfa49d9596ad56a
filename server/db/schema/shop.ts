import { sql } from 'drizzle-orm'
import { index, mysqlTable, primaryKey, uniqueIndex } from 'drizzle-orm/mysql-core'
import { id, moment, money, word } from './columns.ts'

export const users = mysqlTable('users', (t) => ({
  id: id('id').primaryKey(),
  name: t.varchar('name', { length: 100 }).notNull(),
  balanceMinor: money('balance_minor').notNull(),
  initialBalanceMinor: money('initial_balance_minor').notNull(),
  /** Counts the changes of the balance: of two who read the same number, the first one writes. */
  version: t.int('version').notNull().default(0),
}))

/** Every movement of a balance; the reference makes each happen once. */
export const balanceEntries = mysqlTable(
  'balance_entries',
  (t) => ({
    reference: t.varchar('reference', { length: 120 }).primaryKey(),
    userId: id('user_id').notNull(),
    amountMinor: money('amount_minor').notNull(),
    createdAt: moment('created_at').notNull(),
  }),
  (table) => [index('balance_entries_user').on(table.userId)],
)

export const products = mysqlTable('products', (t) => ({
  id: id('id').primaryKey(),
  name: t.varchar('name', { length: 100 }).notNull(),
}))

/**
 * `stock` is what is left, as the design in force keeps it; lines in `stock_lines` come off it.
 * `version` and `stockFence` are what optimistic writers and holders of a Redis lock go by.
 */
export const productOptions = mysqlTable(
  'product_options',
  (t) => ({
    id: id('id').primaryKey(),
    productId: id('product_id').notNull(),
    name: t.varchar('name', { length: 100 }).notNull(),
    priceMinor: money('price_minor').notNull(),
    stock: t.int('stock').notNull(),
    initialStock: t.int('initial_stock').notNull(),
    version: t.int('version').notNull().default(0),
    stockFence: t.bigint('stock_fence', { mode: 'number', unsigned: true }).notNull().default(0),
    kind: word('kind', 12, ['normal', 'one-plus-one', 'gift', 'reservation', 'promotion'])
      .notNull()
      .default('normal'),
    /** Of kind `gift`: the option that comes with it for nothing. */
    giftOptionId: id('gift_option_id'),
    /** Of kinds `reservation` and `promotion`: units that may be had, and those that are. */
    quota: t.int('quota'),
    quotaTaken: t.int('quota_taken').notNull().default(0),
  }),
  (table) => [index('product_options_product').on(table.productId)],
)

/** Of kind `promotion`: what a customer has had of it, at most once per order. */
export const promotionClaims = mysqlTable(
  'promotion_claims',
  (t) => ({
    optionId: id('option_id').notNull(),
    userId: id('user_id').notNull(),
    quantity: t.int('quantity').notNull(),
  }),
  (table) => [primaryKey({ columns: [table.optionId, table.userId] })],
)

/** Stock that is derived and not kept: what was taken, and below zero what was given back. */
export const stockLines = mysqlTable(
  'stock_lines',
  (t) => ({
    id: t.bigint('id', { mode: 'number', unsigned: true }).autoincrement().primaryKey(),
    optionId: id('option_id').notNull(),
    quantity: t.int('quantity').notNull(),
  }),
  (table) => [index('stock_lines_option').on(table.optionId, table.quantity)],
)

export const dailyPopularProducts = mysqlTable(
  'daily_popular_products',
  (t) => ({
    soldDate: t.date('sold_date', { mode: 'string' }).notNull(),
    optionId: id('option_id').notNull(),
    totalSold: t.bigint('total_sold', { mode: 'number' }).notNull(),
  }),
  (table) => [
    primaryKey({ columns: [table.soldDate, table.optionId] }),
    index('daily_popular_products_sold').on(table.soldDate, sql`total_sold desc`),
  ],
)

export const cartItems = mysqlTable(
  'cart_items',
  (t) => ({
    id: id('id').primaryKey(),
    userId: id('user_id').notNull(),
    optionId: id('option_id').notNull(),
    quantity: t.int('quantity').notNull(),
  }),
  (table) => [uniqueIndex('cart_items_user_option').on(table.userId, table.optionId)],
)
