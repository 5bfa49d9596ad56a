import type { StockEvent } from '../../ctx.ts'
import type { stock } from './options.ts'

const lockEvents: StockEvent[] = ['lock-had', 'lock-waited', 'lock-given-up', 'lock-unavailable']

/** What can come between a taker and an item; the options not named queue in the database. */
export const contentionOf: Partial<Record<keyof typeof stock.options, StockEvent[]>> = {
  'lock-released-early': lockEvents,
  'redis-lock': [...lockEvents, 'lock-stale'],
  'pubsub-lock': [...lockEvents, 'lock-stale'],
  optimistic: ['version-lost'],
  derived: ['end-near'],
}
