import type { Registry } from 'prom-client'
import type { LotCounts } from '../designs/transaction/lots.ts'
import { registerMetrics } from './register.ts'
import { counter } from './table.ts'

/** Orders that were merged into one transaction. */
export const batchMetrics = {
  stampede_order_lots_begun_total: counter('Transactions that many orders share.'),
  stampede_order_lots_orders_total: counter(
    'Orders in such transactions; by those begun: the mean size of a lot.',
  ),
  stampede_order_lots_undone_total: counter(
    'Shared transactions that were undone, so that each order went by itself.',
  ),
}

export function registerBatchMetrics(registry: Registry, counts: LotCounts): void {
  registerMetrics(registry, batchMetrics, {
    stampede_order_lots_begun_total: () => counts.lots,
    stampede_order_lots_orders_total: () => counts.flows,
    stampede_order_lots_undone_total: () => counts.undone,
  })
}
