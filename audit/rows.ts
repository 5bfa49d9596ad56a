import type { Evidence } from './checker.ts'
import { select } from './select.ts'

/** Ids are decimal strings: a JavaScript number merges neighbours above 2^53. */
export interface OrderRow {
  id: string
  userId: string
  /** '' once it is undone. */
  key: string
  status: string
  cancelReason: string | null
  /** When its cancelling or undo began. */
  cancelledAtMs: number | null
  totalMinor: number
}

export interface PaymentRow {
  id: string
  orderId: string
  orderStatus: string | null
  key: string
  reference: string
  method: string
  status: string
  amountMinor: number
}

export interface ItemRow {
  orderId: string
  optionId: string
  quantity: number
  /** Taken from stock. */
  units: number
  /** 0 = a gift. */
  unitPriceMinor: number
  /** Null where there is no such option. */
  priceMinor: number | null
}

/** An option as it was before the first customer came. */
export interface OptionRow {
  id: string
  productId: string
  name: string
  priceMinor: number
  kind: string
  giftId: string | null
  stock: number
  quota: number
}

/** States in which an order holds its stock. */
export const liveOrderStates = ['pending', 'paying', 'paid']

export const isLive = ({ status }: OrderRow): boolean => liveOrderStates.includes(status)

/** All orders, for joins with what the clients saw. */
export const ordersIn = readOnce<OrderRow>(
  `select cast(id as char) as id, cast(user_id as char) as userId, status,
          coalesce(idempotency_key, '') as 'key',
          cancel_reason as cancelReason, total_minor as totalMinor,
          timestampdiff(microsecond, '1970-01-01', cancelled_at) div 1000 as cancelledAtMs
   from orders order by orders.id`,
  (row) => ({
    ...row,
    totalMinor: Number(row.totalMinor),
    cancelledAtMs: row.cancelledAtMs === null ? null : Number(row.cancelledAtMs),
  }),
)

/** All payments with the state of their order, null where there is no such order. */
export const paymentsIn = readOnce<PaymentRow>(
  `select cast(p.id as char) as id, cast(p.order_id as char) as orderId, o.status as orderStatus,
          p.idempotency_key as 'key', p.reference, p.method, p.status,
          p.amount_minor as amountMinor
   from payments p left join orders o on o.id = p.order_id order by p.id`,
  (row) => ({ ...row, amountMinor: Number(row.amountMinor) }),
)

/** The items of all orders, beside what their options cost. */
export const itemsIn = readOnce<ItemRow>(
  `select cast(i.order_id as char) as orderId, cast(i.option_id as char) as optionId, i.quantity,
          i.units, i.unit_price_minor as unitPriceMinor, p.price_minor as priceMinor
   from order_items i left join product_options p on p.id = i.option_id order by i.id`,
  (row) => ({
    ...row,
    unitPriceMinor: Number(row.unitPriceMinor),
    priceMinor: row.priceMinor === null ? null : Number(row.priceMinor),
  }),
)

export const optionsIn = readOnce<OptionRow>(
  `select cast(id as char) as id, cast(product_id as char) as productId, name, kind,
          price_minor as priceMinor, initial_stock as stock, coalesce(quota, 0) as quota,
          if(kind = 'gift', cast(gift_option_id as char), null) as giftId
   from product_options order by product_options.id`,
  (row) => ({
    ...row,
    priceMinor: Number(row.priceMinor),
    ...{ stock: Number(row.stock), quota: Number(row.quota) },
  }),
)

export const productsIn = readOnce<{ id: string; name: string }>(
  'select cast(id as char) as id, name from products order by products.id',
  (row) => row,
)

/** What users had before the first customer came. */
export const usersIn = readOnce<{ id: string; balanceMinor: number }>(
  'select cast(id as char) as id, initial_balance_minor as balanceMinor from users',
  (row) => ({ ...row, balanceMinor: Number(row.balanceMinor) }),
)

/** Every movement of a balance. */
export const entriesIn = readOnce<{ reference: string; userId: string; amountMinor: number }>(
  `select reference, cast(user_id as char) as userId, amount_minor as amountMinor
   from balance_entries`,
  (row) => ({ ...row, amountMinor: Number(row.amountMinor) }),
)

/** Several checkers join the same rows: one audit reads them once. A failed read is tried again. */
function readOnce<Row extends object>(statement: string, shape: (row: Row) => Row) {
  const known = new WeakMap<Evidence, Row[]>()
  return async (evidence: Evidence): Promise<Row[]> => {
    const rows =
      known.get(evidence) ?? (await select(evidence.db, statement)).map((row) => shape(row as Row))
    known.set(evidence, rows)
    return rows
  }
}

export function byId<Row extends { id: string }>(rows: readonly Row[]): Map<string, Row> {
  return new Map(rows.map((row) => [row.id, row]))
}

export function byKey<Row extends { key: string }>(rows: readonly Row[]): Map<string, Row[]> {
  return Map.groupBy(rows, ({ key }) => key)
}
