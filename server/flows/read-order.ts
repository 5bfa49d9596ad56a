import { sql } from 'drizzle-orm'
import type { Database } from '../db/connections.ts'
import { instant } from '../db/statements.ts'
import type { FlowCtx } from '../designs/flow-ctx.ts'
import type { StockLine } from '../designs/stock/stock.ts'
import { Problem } from '../errors.ts'
import { type KindName, kindOf } from './item-kinds/kinds.ts'
import type { Order, OrderItem, Payment } from './shapes.ts'

interface OrderRow {
  userId: string
  status: Order['status']
  totalMinor: string
  expiresAt: string
  itemId: string
  optionId: string
  quantity: number
  units: number
  unitPriceMinor: string
  kind: KindName
  giftOptionId: string | null
}

/** Kind of the order item `i` of the option `p`: what comes for nothing is a plain piece. */
export const lineKind = sql`if(i.unit_price_minor = 0, 'normal', p.kind)`

/** @throws Problem `not-found` */
export async function readOrder(ctx: FlowCtx, id: string): Promise<Order> {
  return await ctx.connections.use(async (db) => {
    const rows = await db.rows<OrderRow>(sql`
      select o.user_id as userId, o.status, o.total_minor as totalMinor,
             o.expires_at as expiresAt, i.id as itemId, i.option_id as optionId, i.quantity,
             i.units, i.unit_price_minor as unitPriceMinor, ${lineKind} as kind,
             p.gift_option_id as giftOptionId
      from orders o join order_items i on i.order_id = o.id
      left join product_options p on p.id = i.option_id
      where o.id = ${id} order by i.id`)
    const [first] = rows
    if (!first) throw new Problem('not-found', { field: 'id' })
    const payment = await paymentBy(db, sql`order_id = ${id}`)
    return {
      id,
      userId: first.userId,
      status: first.status,
      totalMinor: Number(first.totalMinor),
      expiresAt: instant(first.expiresAt),
      items: itemsIn(rows),
      ...(payment ? { payment } : {}),
    }
  })
}

/** Gifts stand behind all that was bought, in the order of what they come with. */
function itemsIn(rows: readonly OrderRow[]): OrderItem[] {
  const givers = rows.filter(({ kind }) => kindOf(kind).bringsGift)
  return rows.map(({ itemId, unitPriceMinor, ...row }) => {
    const price = Number(unitPriceMinor)
    const giver =
      price > 0 ? -1 : givers.findIndex(({ giftOptionId }) => giftOptionId === row.optionId)
    const giftOf = givers.splice(giver, giver < 0 ? 0 : 1)[0]?.optionId
    return itemOf({ ...row, id: itemId, unitPriceMinor: price, giftOf })
  })
}

interface AnyItem extends StockLine {
  id: string
  unitPriceMinor: number
  kind?: KindName
  units?: number
  giftOf?: string | undefined
}

/** What the customer is shown of one item, whether it was just written or is read back. */
export const itemOf = ({
  id,
  optionId,
  quantity,
  unitPriceMinor,
  kind = 'normal',
  units = quantity,
  giftOf,
}: AnyItem): OrderItem => ({
  ...{ id, optionId, quantity, unitPriceMinor, kind, units },
  ...(giftOf === undefined ? {} : { giftOf }),
})

/** @throws Problem `not-found` */
export async function readPayment(ctx: FlowCtx, id: string): Promise<Payment> {
  const payment = await ctx.connections.use((db) => paymentBy(db, sql`id = ${id}`))
  if (!payment) throw new Problem('not-found', { field: 'id' })
  return payment
}

async function paymentBy(db: Database, where: ReturnType<typeof sql>) {
  const [row] = await db.rows<Omit<Payment, 'amountMinor'> & { amountMinor: string }>(sql`
    select id, order_id as orderId, method, status, amount_minor as amountMinor
    from payments where ${where} order by id desc limit 1`)
  return row && { ...row, amountMinor: Number(row.amountMinor) }
}

/** Id of the order that a user placed under a key, unless it was undone. */
export async function orderIdByKey(
  ctx: FlowCtx,
  key: string,
  userId: string,
): Promise<string | undefined> {
  const [row] = await ctx.connections.rows<{ id: string }>(
    sql`select id from orders where idempotency_key = ${key} and user_id = ${userId}`,
  )
  return row?.id
}

/** Id of the live payment of an order that was made under a key, or undefined. */
export async function paymentIdByKey(
  ctx: FlowCtx,
  key: string,
  orderId: string,
): Promise<string | undefined> {
  const [row] = await ctx.connections.rows<{ id: string }>(sql`
      select id from payments where idempotency_key = ${key} and live_order_id = ${orderId}`)
  return row?.id
}
