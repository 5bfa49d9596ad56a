import { sql } from 'drizzle-orm'
import type { Ctx } from '../ctx.ts'
import type { Database } from '../db/connections.ts'
import { instant, rowsOf } from '../db/statements.ts'
import { Problem } from '../errors.ts'

export interface Payment {
  id: string
  orderId: string
  method: 'balance' | 'card'
  status: 'sent' | 'captured' | 'declined' | 'failed' | 'unknown'
  amountMinor: number
}

export interface Order {
  id: string
  userId: string
  status: 'pending' | 'paying' | 'paid' | 'cancelling' | 'cancelled'
  totalMinor: number
  expiresAt: string
  items: { id: string; optionId: string; quantity: number; unitPriceMinor: number }[]
  payment?: Payment
}

interface OrderRow {
  userId: string
  status: Order['status']
  totalMinor: string
  expiresAt: string
  itemId: string
  optionId: string
  quantity: number
  unitPriceMinor: string
}

/** @throws Problem `not-found` */
export async function readOrder(ctx: Ctx, id: string): Promise<Order> {
  return await ctx.connections.use(async (db) => {
    const rows = await rowsOf<OrderRow>(
      db,
      sql`select o.user_id as userId, o.status, o.total_minor as totalMinor,
                 o.expires_at as expiresAt, i.id as itemId, i.option_id as optionId, i.quantity,
                 i.unit_price_minor as unitPriceMinor
          from orders o join order_items i on i.order_id = o.id where o.id = ${id} order by i.id`,
    )
    const [first] = rows
    if (!first) throw new Problem('not-found', { field: 'id' })
    const payment = await paymentBy(db, sql`order_id = ${id}`)
    return {
      id,
      userId: first.userId,
      status: first.status,
      totalMinor: Number(first.totalMinor),
      expiresAt: instant(first.expiresAt),
      items: rows.map((row) => ({
        id: row.itemId,
        optionId: row.optionId,
        quantity: row.quantity,
        unitPriceMinor: Number(row.unitPriceMinor),
      })),
      ...(payment ? { payment } : {}),
    }
  })
}

/** @throws Problem `not-found` */
export async function readPayment(ctx: Ctx, id: string): Promise<Payment> {
  const payment = await ctx.connections.use((db) => paymentBy(db, sql`id = ${id}`))
  if (!payment) throw new Problem('not-found', { field: 'id' })
  return payment
}

async function paymentBy(db: Database, where: ReturnType<typeof sql>) {
  const [row] = await rowsOf<Omit<Payment, 'amountMinor'> & { amountMinor: string }>(
    db,
    sql`select id, order_id as orderId, method, status, amount_minor as amountMinor
        from payments where ${where} order by id desc limit 1`,
  )
  return row && { ...row, amountMinor: Number(row.amountMinor) }
}

/** Id of the live order that was placed under a key, or undefined. */
export async function orderIdByKey(ctx: Ctx, key: string): Promise<string | undefined> {
  const [row] = await ctx.connections.use((db) =>
    rowsOf<{ id: string }>(db, sql`select id from orders where idempotency_key = ${key}`),
  )
  return row?.id
}

/** Id of the live payment that was made under a key, or undefined. */
export async function paymentIdByKey(ctx: Ctx, key: string): Promise<string | undefined> {
  const [row] = await ctx.connections.use((db) =>
    rowsOf<{ id: string }>(
      db,
      sql`select id from payments where idempotency_key = ${key} and live_order_id is not null`,
    ),
  )
  return row?.id
}
