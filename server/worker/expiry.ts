import { sql } from 'drizzle-orm'
import type { Services } from '../ctx.ts'
import type { Design } from '../designs/design.ts'
import type { OpenedOptions } from '../designs/opened-options.ts'
import { Problem } from '../errors.ts'
import { cancelOrder } from '../flows/cancel-order.ts'

const batch = 100
/** Keys are kept for a day, as docs/reference of the idempotency header promises. */
const keyLifeMs = 24 * 3600 * 1000

/**
 * One turn of the expiry loop: cancels pending orders whose time is up and gives their stock back.
 * The deadline is a column, so no restart loses it.
 * @returns whether there may be more that can be cancelled
 */
export async function expireOrders(options: OpenedOptions, design: Design): Promise<boolean> {
  const due = await options.services.connections.rows<{
    id: string
    reason: 'declined' | null
  }>(sql`
      select o.id, (select 'declined' from payments p where p.order_id = o.id
                    and p.status = 'declined' limit 1) as reason
      from orders o where o.status = 'pending' and o.expires_at < ${new Date()}
      order by o.expires_at limit ${batch}`)
  let cancelled = 0
  for (const { id, reason } of due) {
    try {
      await cancelOrder(options.ctx(design, 'expiry'), id, reason ?? 'expired')
      cancelled += 1
    } catch (error) {
      // Another worker was faster, or recovery has it; the next turn looks again. An order that
      // always fails must not hold up those behind it.
      if (!(error instanceof Problem)) console.error(`expiry of order ${id}:`, error)
    }
  }
  return due.length === batch && cancelled > 0
}

/** Prunes idempotency keys after a day. @returns whether there may be more */
export async function pruneKeys(services: Services): Promise<boolean> {
  const before = new Date(Date.now() - keyLifeMs)
  const gone = await services.connections.change(
    sql`delete from idempotency_keys where created_at < ${before} limit ${batch}`,
  )
  return gone === batch
}
