import type { Ctx } from '../../ctx.ts'
import type { Database } from '../../db/connections.ts'

export interface SoldLine {
  optionId: string
  quantity: number
}

/** What the rest of the company is sent once an order is paid. */
export interface OrderPaid {
  type: 'order.paid'
  /** `order-paid-<order id>`: one event per order, however often it is delivered. */
  eventId: string
  orderId: string
  userId: string
  totalMinor: number
  /** UTC day of the sale, YYYY-MM-DD. */
  soldDate: string
  lines: SoldLine[]
}

/** Axis `effects`: when best-seller counts, data platform and message happen. */
export interface Effects {
  /**
   * Called inside the transaction that marks the order paid.
   * @throws Problem `partner-failed` where an effect happens at once and fails
   */
  publish(ctx: Ctx, db: Database, event: OrderPaid): Promise<void>
}
