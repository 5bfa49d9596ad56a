import type { Place } from './locks/lease.ts'
import { LockedStock, lockedRecord } from './locks/locked-stock.ts'
import { locksIn } from './locks/one-redis.ts'
import type { StockOption } from './stock.ts'

/** Always the same: a buyer who came first has no better chance than the last. */
const pauseMs = 5

export const spinLock: StockOption = {
  summary: 'the same lock, asked for again every 5 ms',
  doc: 'A spin lock: `set nx` in a loop. The next holder has it soon after a release.',
  ...lockedRecord,
  leavesOpen:
    `${lockedRecord.leavesOpen}; each waiting buyer sends Redis up to 200 commands per second, ` +
    'in no order: one may wait until it gives up after 6 s',
  open: ({ redis, observer }, { name }) =>
    new LockedStock({ locks: locksIn(redis), observer, name, lineUp }),
}

const lineUp = async (): Promise<Place> => ({
  wait: () => Bun.sleep(pauseMs),
  leave() {},
})
