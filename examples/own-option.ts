import { sql } from 'drizzle-orm'
import { claimLocked, type Dispatch, writeOffers } from '../server/designs/dispatch/dispatch.ts'
import type { Option } from '../server/designs/option.ts'

/** An option of the axis `dispatch`: a locked row is waited for instead of skipped. */
export const firstInLine: Option<Dispatch> = {
  summary: 'the oldest order, and every worker waits for it',
  doc: 'Locks the oldest waiting order, after whatever worker has it locked.',
  in: 'worker',
  out: 'an order taken',
  closes: 'two workers on one order, by its row lock',
  leavesOpen: 'all workers queue for one row, and only one of them works at a time',
  // Called once per process: state that outlives a request would live in here. The worker calls
  // `settle` to bring it to an end, and `close` ends it with the process.
  open: () => ({
    offer: (_ctx, db, orderIds) => writeOffers(db, orderIds),
    take: (ctx, workerId) =>
      ctx.connections.transaction(async (db) => {
        const oldest = sql`select order_id as id from dispatches where status = 'waiting'
          order by order_id limit 1 for update`
        return await claimLocked(ctx, db, workerId, oldest)
      }, 'read committed'),
  }),
}
