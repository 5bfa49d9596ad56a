import { sql } from 'drizzle-orm'
import type { SharedRead } from '../db/shared-reads.ts'
import { idList } from '../db/statements.ts'
import type { SoldLine } from '../designs/effects/effects.ts'
import { endedTries, triesOf } from './collect.ts'

/** An order as its payment finds it. */
export interface Payable {
  userId: string
  totalMinor: number
  /** Of the customer's balance. */
  balanceVersion: number
  /** What is paid for: gifts are not among them. */
  lines: SoldLine[]
  /** Payments of the key that have ended without the money. */
  endedTries: number
}

interface PayableRow {
  /** Null in a row of a key. */
  orderId: string | null
  userId: string
  totalMinor: string
  balanceVersion: number
  optionId: string
  quantity: number
  itemId: string
  idempotencyKey: string | null
  tries: string | null
}

/** Reads the order with its lines, the customer's balance, and the tries of the key so far. */
export const payableRead: SharedRead<
  { orderId: string; idempotencyKey: string },
  Payable | undefined
> = {
  async run(db, asked) {
    const orders = new Set(asked.map(({ orderId }) => orderId))
    const tries = endedTries(asked.map(({ idempotencyKey }) => idempotencyKey))
    const rows = await db.rows<PayableRow>(sql`
      select o.id as orderId, o.user_id as userId, o.total_minor as totalMinor,
             u.version as balanceVersion, i.option_id as optionId, i.quantity, i.id as itemId,
             null as idempotencyKey, null as tries
      from orders o join order_items i on i.order_id = o.id and i.unit_price_minor > 0
      join users u on u.id = o.user_id where o.id in (${idList(orders)})
      union all select null, null, null, null, null, null, null, idempotency_key, tries
      from (${tries}) ended order by itemId`)
    const rowsOf = Map.groupBy(rows, ({ orderId }) => String(orderId))
    const endedOf = new Map(rows.map((row) => [row.idempotencyKey, row.tries]))
    return asked.map(({ orderId, idempotencyKey }) => {
      const own = rowsOf.get(orderId)
      const ended = triesOf(endedOf.get(idempotencyKey))
      return own && payableOf(own, ended)
    })
  },
}

function payableOf(rows: readonly PayableRow[], endedTries: number): Payable | undefined {
  const [first] = rows
  if (!first) return undefined
  return {
    userId: String(first.userId),
    totalMinor: Number(first.totalMinor),
    balanceVersion: Number(first.balanceVersion),
    lines: rows.map(({ optionId, quantity }) => ({ optionId: String(optionId), quantity })),
    endedTries,
  }
}
