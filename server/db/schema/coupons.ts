import { index, mysqlTable, primaryKey } from 'drizzle-orm/mysql-core'
import { id, moment, word } from './columns.ts'

/** Who may ask for coupons, and how many in all. */
export const couponPartners = mysqlTable('coupon_partners', (t) => ({
  id: t.varchar('id', { length: 32 }).primaryKey(),
  /** SHA-256 of the key that the partner sends, in hexadecimal digits. */
  keyHash: t.varchar('key_hash', { length: 64 }).notNull(),
  quota: t.int('quota').notNull(),
  issued: t.int('issued').notNull().default(0),
}))

export const couponProducts = mysqlTable('coupon_products', (t) => ({
  id: id('id').primaryKey(),
  name: t.varchar('name', { length: 100 }).notNull(),
  /** Free numbers below which the worker makes new ones; 0 = it makes none. */
  lowWater: t.int('low_water').notNull().default(0),
}))

/** The pool: numbers that were made ahead, each of them issued once at most. */
export const couponNumbers = mysqlTable(
  'coupon_numbers',
  (t) => ({
    id: t.bigint('id', { mode: 'number', unsigned: true }).autoincrement().primaryKey(),
    productId: id('product_id').notNull(),
    number: t.varchar('number', { length: 20 }).notNull().unique('coupon_numbers_number'),
    status: word('status', 8, ['free', 'used']).notNull(),
  }),
  (table) => [index('coupon_numbers_free').on(table.productId, table.status, table.id)],
)

/** One row for each thing that a partner wanted; the request id recognizes a repeat. */
export const couponRequests = mysqlTable(
  'coupon_requests',
  (t) => ({
    partnerId: t.varchar('partner_id', { length: 32 }).notNull(),
    requestId: t.varchar('request_id', { length: 80 }).notNull(),
    productId: id('product_id').notNull(),
    quantity: t.int('quantity').notNull(),
    /** `stored` = asked and not issued: only the stored function leaves such a row behind. */
    status: word('status', 8, ['stored', 'issued']).notNull(),
    createdAt: moment('created_at').notNull(),
  }),
  (table) => [primaryKey({ columns: [table.partnerId, table.requestId] })],
)

/** The issue log: its primary key is what decides between two who picked one number. */
export const couponIssues = mysqlTable(
  'coupon_issues',
  (t) => ({
    number: t.varchar('number', { length: 20 }).primaryKey(),
    productId: id('product_id').notNull(),
    partnerId: t.varchar('partner_id', { length: 32 }).notNull(),
    requestId: t.varchar('request_id', { length: 80 }).notNull(),
    /** A01 to A99, B01 … Z99, and Z99 from then on. */
    seq: t.varchar('seq', { length: 3 }).notNull(),
    issuedAt: moment('issued_at').notNull(),
  }),
  (table) => [
    index('coupon_issues_request').on(table.partnerId, table.requestId),
    index('coupon_issues_seq').on(table.productId, table.seq),
    index('coupon_issues_issued').on(table.issuedAt),
  ],
)

/** Coupons that an order has; the row goes when the order is cancelled or undone. */
export const couponRedemptions = mysqlTable('coupon_redemptions', (t) => ({
  number: t.varchar('number', { length: 20 }).primaryKey(),
  orderId: id('order_id').notNull().unique('coupon_redemptions_order'),
  redeemedAt: moment('redeemed_at').notNull(),
}))
