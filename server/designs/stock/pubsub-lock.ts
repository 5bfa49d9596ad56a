import { LockedStock, lockedRecord } from './locks/locked-stock.ts'
import { locksIn } from './locks/one-redis.ts'
import { ReleaseNotices } from './locks/release-notices.ts'
import type { StockOption } from './stock.ts'

export const pubsubLock: StockOption = {
  summary: 'the same lock; a release wakes a waiter',
  doc: 'Polling covers a message that is lost.',
  ...lockedRecord,
  open({ redis, observer }, { name }) {
    const notices = new ReleaseNotices(redis)
    const lineUp = (optionId: string) => notices.lineUp(optionId)
    const stock = new LockedStock({ locks: locksIn(redis), observer, name, lineUp })
    return Object.assign(stock, { close: async () => notices.close() })
  },
}
