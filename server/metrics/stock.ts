import type { Registry } from 'prom-client'
import type { StockCounts } from '../designs/stock/stock-counts.ts'
import { registerMetrics } from './register.ts'
import { counter, gauge } from './table.ts'

/** Merged statements, what came back, what was settled, and the counters in Redis. */
export const stockMetrics = {
  stampede_stock_flushes_total: counter('Statements that took from stock for many at once.'),
  stampede_stock_merged_takes_total: counter(
    'Takes that were merged into such statements; by flushes: the mean size of a batch.',
  ),
  stampede_stock_units_returned_total: counter(
    'Units given back that no committed work had claimed.',
  ),
  stampede_stock_grants_settled_total: counter(
    'Batches, and reservations of a counter, that are in the tables for good.',
  ),
  stampede_stock_counters_rebuilt_total: counter('Counters in Redis made anew from the tables.'),
  stampede_stock_counters_mended_total: counter(
    'Idle counters in Redis that differed from the table and were dropped.',
  ),
  stampede_stock_stream_length: gauge(
    'Reservations in the stream that were not yet settled when last looked.',
  ),
  stampede_stock_drift_units: gauge(
    'Units by which idle counters differed from the table at the last look.',
  ),
}

export function registerStockMetrics(registry: Registry, counts: StockCounts): void {
  registerMetrics(registry, stockMetrics, {
    stampede_stock_flushes_total: () => counts.flushes,
    stampede_stock_merged_takes_total: () => counts.merged,
    stampede_stock_units_returned_total: () => counts.returned,
    stampede_stock_grants_settled_total: () => counts.settled,
    stampede_stock_counters_rebuilt_total: () => counts.rebuilt,
    stampede_stock_counters_mended_total: () => counts.driftMended,
    stampede_stock_stream_length: () => counts.streamLength,
    stampede_stock_drift_units: () => counts.drift,
  })
}
