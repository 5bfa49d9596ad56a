import { sql } from 'drizzle-orm'
import type { Option } from '../option.ts'
import { claimLocked, type Dispatch, writeOffers } from './dispatch.ts'

export const skipLocked: Option<Dispatch> = {
  summary: 'the oldest order that no worker is taking right now',
  closes:
    'two workers on one order, by its row lock, and workers who wait for each other, since a ' +
    'locked row is passed over, and READ COMMITTED locks no gap: what is taken moves in the ' +
    'index to just before the first that waits, which every worker has looked at',
  leavesOpen: 'two who ask at once may have theirs in either order',
  open: () => ({
    offer: (_ctx, db, orderIds) => writeOffers(db, orderIds),
    take: (ctx, workerId) =>
      ctx.connections.transaction(async (db) => {
        // The index is in the order of the ids: rows that are sorted first would all be locked.
        const oldest = sql`select order_id as id from dispatches force index (dispatches_status)
          where status = 'waiting' order by order_id limit 1 for update skip locked`
        return await claimLocked(ctx, db, workerId, oldest)
      }, 'read committed'),
  }),
}
