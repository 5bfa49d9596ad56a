import { linesAtOnce } from './expand.ts'
import { inOne } from './in-one.ts'
import { jointFlow } from './lots.ts'
import type { TransactionShape } from './transaction.ts'

/**
 * Orders that wait at the same time are one transaction: all their items are taken by one
 * statement, and each table is written once for all of them. What goes to the bank, or takes no
 * items, goes by itself as in single-statement.
 * in: a flow · out: all of it or nothing, for each flow of the lot by itself · closes: the queue
 * for the hot rows, which are locked for a lot instead of for each order, and the deadlock, as the
 * statement walks the primary key · leaves open: an order waits for the slowest of its lot; a lot
 * that fails otherwise than by being sold out is undone, and then each order goes by itself.
 */
export const batched: TransactionShape = {
  async execute(ctx, flow, state) {
    const joint = jointFlow(flow)
    if (joint) await ctx.lots.join(ctx, joint, state)
    else await inOne(ctx, linesAtOnce(flow.steps), state)
  },
}
