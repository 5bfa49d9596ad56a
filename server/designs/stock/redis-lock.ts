import { lockedStock } from './locks/locked-stock.ts'
import { retrying } from './locks/retrying.ts'

/**
 * A lock in Redis around look and write, awaited as Redlock does: try, sleep 200 ms, try again.
 * in: option, quantity · out: false = sold out · closes: the gap between look and take, until the
 * transaction has ended; a fence refuses who held the lock too long · leaves open: the item stands
 * still for the rest of the lease when its holder dies, and while Redis is away.
 */
export const redisLock = lockedStock(retrying)
