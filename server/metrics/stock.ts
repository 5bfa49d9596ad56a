import type { Registry } from 'prom-client'
import type { StockCounts } from '../designs/stock/stock-counts.ts'
import { scrapedCounter, scrapedGauge } from './scraped.ts'

/** Merged statements, what came back, what was settled, and the counters in Redis. */
export function registerStockMetrics(registry: Registry, counts: StockCounts): void {
  const counter = (name: string, help: string, total: () => number) =>
    scrapedCounter(registry, `stampede_stock_${name}`, help, total)
  const gauge = (name: string, help: string, read: () => number) =>
    scrapedGauge(registry, `stampede_stock_${name}`, help, read)
  counter(
    'flushes_total',
    'Statements that took from stock for many at once.',
    () => counts.flushes,
  )
  counter(
    'merged_takes_total',
    'Takes that were merged into such statements; by flushes: the mean size of a batch.',
    () => counts.merged,
  )
  counter(
    'units_returned_total',
    'Units given back that no committed work had claimed.',
    () => counts.returned,
  )
  counter(
    'grants_settled_total',
    'Batches, and reservations of a counter, that are in the tables for good.',
    () => counts.settled,
  )
  counter(
    'counters_rebuilt_total',
    'Counters in Redis made anew from the tables.',
    () => counts.rebuilt,
  )
  counter(
    'counters_mended_total',
    'Idle counters in Redis that differed from the table and were dropped.',
    () => counts.driftMended,
  )
  gauge(
    'stream_length',
    'Reservations in the stream that were not yet settled when last looked.',
    () => counts.streamLength,
  )
  gauge(
    'drift_units',
    'Units by which idle counters differed from the table at the last look.',
    () => counts.drift,
  )
}
