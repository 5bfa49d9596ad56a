import { lockedStock } from './locks/locked-stock.ts'
import { woken } from './locks/woken.ts'

/**
 * The same lock in Redis; who lets go tells who waits, and polling covers a message that is lost.
 * in: option, quantity · out: false = sold out · closes: the gap between look and take, until the
 * transaction has ended; a fence refuses who held the lock too long · leaves open: the item stands
 * still for the rest of the lease when its holder dies, and while Redis is away.
 */
export const pubsubLock = lockedStock(woken)
