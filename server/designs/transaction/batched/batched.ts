import type { Services } from '../../../ctx.ts'
import type { Readings } from '../../../metrics/register.ts'
import { counter } from '../../../metrics/table.ts'
import type { Lifecycle, Option } from '../../option.ts'
import type { StepCtx } from '../../step-ctx.ts'
import { linesAtOnce } from '../expand.ts'
import { inOne } from '../in-one.ts'
import type { Flow, TransactionShape } from '../transaction.ts'
import { jointFlow, OrderBatcher } from './order-batcher.ts'

const metrics = {
  stampede_order_lots_begun_total: counter('Transactions that many orders share.'),
  stampede_order_lots_orders_total: counter(
    'Orders in such transactions; by those begun: the mean size of a batch.',
  ),
  stampede_order_lots_undone_total: counter(
    'Shared transactions that were undone, so that each order went by itself.',
  ),
}

export const batched = {
  summary: 'orders that wait at the same time are one transaction, with one update for all items',
  doc:
    'Each table is written once for all of them. What goes to the bank, or takes no items, goes ' +
    'by itself as in single-statement.',
  out: 'all of it or nothing, for each flow of the batch by itself',
  closes:
    'the queue for the hot rows, which are locked for a batch instead of for each order, and the ' +
    'deadlock, as the statement walks the primary key',
  leavesOpen:
    'an order waits for the slowest of its batch; a batch that fails otherwise than by being ' +
    'sold out is undone, and then each order goes by itself',
  knownBad: { checks: ['captures-match-bank'], when: 'at-a-rollback' },
  metrics,
  open: ({ connections }: Services) => new BatchedTransaction(new OrderBatcher(connections)),
} satisfies Option<TransactionShape>

/** Joins what can be joined; the rest is a transaction by itself. */
export class BatchedTransaction implements TransactionShape, Lifecycle {
  readonly batcher: OrderBatcher
  readonly readings: Readings<typeof metrics> = {
    stampede_order_lots_begun_total: () => this.batcher.counts.batches,
    stampede_order_lots_orders_total: () => this.batcher.counts.flows,
    stampede_order_lots_undone_total: () => this.batcher.counts.undone,
  }

  constructor(batcher: OrderBatcher) {
    this.batcher = batcher
  }

  async execute<State extends object>(
    ctx: StepCtx,
    flow: Flow<State>,
    state: State,
  ): Promise<void> {
    const joint = jointFlow(flow)
    if (joint) await this.batcher.join(ctx, joint, state)
    else await inOne(ctx, linesAtOnce(flow.steps), state)
  }
}
