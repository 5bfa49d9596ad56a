/** What the designs of the stock have done in this process, for the metrics. */
export interface StockCounts {
  /** Statements that took for many, and how many waited for them. */
  flushes: number
  merged: number
  /** Units given back that nobody had claimed. */
  returned: number
  /** Batches and reservations that are in the tables for good. */
  settled: number
  /** Counters in Redis made anew from the tables. */
  rebuilt: number
  /** Reservations in the stream of the counters as last seen. */
  streamLength: number
  /** Units by which idle counters differed from the tables at the last look, and ever. */
  drift: number
  driftMended: number
  /** Monotonic clock, of the last look. */
  comparedAtMs: number
}

export const noStockCounts = (): StockCounts => ({
  flushes: 0,
  merged: 0,
  returned: 0,
  settled: 0,
  rebuilt: 0,
  streamLength: 0,
  drift: 0,
  driftMended: 0,
  comparedAtMs: Number.NEGATIVE_INFINITY,
})
