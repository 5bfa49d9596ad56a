import type { Place } from './locks/lease.ts'
import { LockedStock, lockedRecord } from './locks/locked-stock.ts'
import type { StockOption } from './stock.ts'

/** Defaults of node-redlock 5 (`retryDelay`, `retryJitter`); it gives up after 10 tries. */
const delayMs = 200
const jitterMs = 100

export const redisLock: StockOption = {
  summary: 'a lock in Redis until the transaction has ended, tried for every 200 ms',
  doc: 'Awaited as Redlock does: try, sleep, try again.',
  ...lockedRecord,
  open: ({ redis, observer }, { name }) => new LockedStock({ redis, observer, name, lineUp }),
}

/** Waits as Redlock does: sleeps, tries again, and gets no notice of a release. */
const lineUp = async (): Promise<Place> => ({
  wait: () => Bun.sleep(delayMs + (Math.random() * 2 - 1) * jitterMs),
  leave() {},
})
