import type { Registry } from 'prom-client'
import type { LotCounts } from '../designs/transaction/lots.ts'
import { scrapedCounter } from './scraped.ts'

/** Orders that were merged into one transaction. */
export function registerBatchMetrics(registry: Registry, counts: LotCounts): void {
  const counter = (name: string, help: string, total: () => number) =>
    scrapedCounter(registry, `stampede_order_lots_${name}`, help, total)
  counter('begun_total', 'Transactions that many orders share.', () => counts.lots)
  counter(
    'orders_total',
    'Orders in such transactions; by those begun: the mean size of a lot.',
    () => counts.flows,
  )
  counter(
    'undone_total',
    'Shared transactions that were undone, so that each order went by itself.',
    () => counts.undone,
  )
}
