import { LockedStock, lockedRecord } from './locks/locked-stock.ts'
import { locksIn } from './locks/one-redis.ts'
import { sleepAndRetry } from './locks/sleep-and-retry.ts'
import type { StockOption } from './stock.ts'

export const redisLock: StockOption = {
  summary: 'a lock in Redis until the transaction has ended, tried for every 200 ms',
  doc: 'Awaited as Redlock does: try, sleep, try again. One server; `redlock` has several.',
  ...lockedRecord,
  open: ({ redis, observer }, { name }) =>
    new LockedStock({ locks: locksIn(redis), observer, name, lineUp: sleepAndRetry }),
}
