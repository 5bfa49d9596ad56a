import { sql } from 'drizzle-orm'
import { atOnce } from '../at-once.ts'
import type { Connections } from '../db/connections.ts'
import { momentFromNow } from '../db/statements.ts'
import type { Design } from '../designs/design.ts'
import type { OpenedOptions } from '../designs/opened-options.ts'
import { Problem } from '../errors.ts'
import { cancelOrder } from '../flows/cancel-order.ts'
import { logError } from '../log.ts'

const batch = 100

const atOnceMax = 4

interface DueOrder {
  id: string
  userId: string
  expiresAt: string
  reason: 'declined' | null
}

/**
 * The expiry loop: each turn cancels some of the pending orders whose time is up and gives their
 * stock back. The deadline is a column, so no restart loses it. A turn goes on behind the last one,
 * and at the end begins again: orders that cannot be cancelled hold up no others.
 * @param designFor the design of a customer's requests
 * @returns a turn, which answers whether there may be more
 */
export function createExpiry(
  options: OpenedOptions,
  designFor: (userId: string) => Design,
): () => Promise<boolean> {
  let last: DueOrder | undefined
  return async () => {
    const due = await dueOrders(options.services.connections, last)
    last = due.length === batch ? due.at(-1) : undefined
    await atOnce(due, atOnceMax, (order) => expire(options, designFor(order.userId), order))
    return last !== undefined
  }
}

async function dueOrders(connections: Connections, after?: DueOrder): Promise<DueOrder[]> {
  const { id = '0', expiresAt = '1000-01-01' } = after ?? {}
  return await connections.rows<DueOrder>(sql`
      select o.id, o.user_id as userId, o.expires_at as expiresAt,
             (select 'declined' from payments p where p.order_id = o.id
              and p.status = 'declined' limit 1) as reason
      from orders o where o.status = 'pending' and o.expires_at < ${momentFromNow()}
        and o.expires_at >= ${expiresAt} and (o.expires_at > ${expiresAt} or o.id > ${id})
      order by o.expires_at, o.id limit ${batch}`)
}

async function expire(
  options: OpenedOptions,
  design: Design,
  { id, reason }: Pick<DueOrder, 'id' | 'reason'>,
): Promise<void> {
  try {
    await cancelOrder(options.ctx(design, 'expiry'), id, reason ?? 'expired')
  } catch (error) {
    // Another worker was faster, or recovery has it; a later turn looks again.
    if (!(error instanceof Problem)) logError(`expiry of order ${id}`, error)
  }
}
