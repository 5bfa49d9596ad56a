import { LockedStock, lockEvents } from './locks/locked-stock.ts'
import { ReleaseNotices } from './locks/release-notices.ts'
import type { StockOption } from './stock.ts'

export const pubsubLock: StockOption = {
  summary: 'the same lock; who lets go wakes who waits',
  doc:
    'The same lock in Redis; who lets go tells who waits, and polling covers a message that is ' +
    'lost.',
  in: 'option, quantity',
  out: 'false = sold out',
  closes:
    'the gap between look and take, until the transaction has ended; a fence refuses who held ' +
    'the lock too long',
  leavesOpen:
    'the item stands still for the rest of the lease when its holder dies, and while Redis is ' +
    'away',
  contention: [...lockEvents, 'lock-stale'],
  open({ redis, observer }, { name }) {
    const notices = new ReleaseNotices(redis)
    const lineUp = (optionId: string) => notices.lineUp(optionId)
    const stock = new LockedStock({ redis, observer, name, lineUp })
    return Object.assign(stock, { close: async () => notices.close() })
  },
}
