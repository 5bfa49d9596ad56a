import type { ShadowAxis } from '../designs/flags/shadow.ts'
import { recordTables } from './writes/data-changes.ts'

/** Fields of every answer. */
const ofAll = ['status', 'code', 'other'] as const

/**
 * Fields that are compared on each axis, as metrics label them: names joined by dots, the fields of
 * all items of a list under one name, and the name of the list for its length. `code` is that of a
 * problem, and `other` any field that is not listed.
 */
const ofOrders = [
  ...ofAll,
  ...['answer', 'answer.code', 'answer.id', 'answer.userId', 'answer.status'],
  ...['answer.totalMinor', 'answer.expiresAt', 'answer.items', 'answer.items.id'],
  ...['answer.items.optionId', 'answer.items.quantity', 'answer.items.unitPriceMinor'],
  ...['answer.payment', 'answer.payment.id', 'answer.payment.orderId', 'answer.payment.status'],
  ...['answer.payment.amountMinor'],
  ...Object.entries(recordTables).flatMap(([table, { columns }]) => [
    table,
    ...columns.map((column) => `${table}.${column}`),
  ]),
]

export const shadowFields: Readonly<Record<ShadowAxis, readonly string[]>> = {
  transaction: ofOrders,
  stock: ofOrders,
  reads: [
    ...ofAll,
    ...['page', 'size', 'total', 'items', 'items.id', 'items.name'],
    ...withOptions('items.options'),
    ...['id', 'name'],
    ...withOptions('options'),
    ...['from', 'to', 'items.productId', 'items.productName'],
    ...['items.optionId', 'items.optionName', 'items.totalSold'],
  ],
}

function withOptions(name: string): string[] {
  return [name, ...['id', 'name', 'priceMinor', 'stock'].map((field) => `${name}.${field}`)]
}

/** The label of a field. */
export const fieldLabel = (axis: ShadowAxis, field: string): string =>
  shadowFields[axis].includes(field) ? field : 'other'
