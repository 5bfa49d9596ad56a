import type { Database } from '../../db/connections.ts'
import { acquire, type Locking } from './locks/lease.ts'
import { lockEvents } from './locks/locked-stock.ts'
import { locksIn } from './locks/one-redis.ts'
import { ReleaseNotices } from './locks/release-notices.ts'
import { writeWhatIsLeft } from './read-then-write.ts'
import type { StockOption } from './stock.ts'

export const lockReleasedEarly: StockOption = {
  summary: 'a lock in Redis, let go before the transaction commits',
  doc: 'A defect found in the field (docs: source S3).',
  leavesOpen: 'the gap between look and take, from the release to the commit',
  hazard:
    'a holder that gets the lock before the last one has committed reads the old stock: it sells ' +
    'more than there is',
  knownBad: { checks: ['stock-conserved', 'never-oversold'], when: 'always' },
  contention: lockEvents,
  whenEvicted: 'a lock that is thrown out has two holders, who oversell even more',
  open({ redis, observer }, { name }) {
    const notices = new ReleaseNotices(redis)
    const lineUp = (optionId: string) => notices.lineUp(optionId)
    const locking = { locks: locksIn(redis), observer, name, lineUp }
    return {
      take: (_ctx, db, { optionId, quantity }) => change(locking, db, optionId, -quantity),
      async giveBack(_ctx, db, { optionId, quantity }) {
        await change(locking, db, optionId, quantity)
      },
      close: async () => notices.close(),
    }
  },
}

async function change(
  locking: Locking,
  db: Database,
  optionId: string,
  units: number,
): Promise<boolean> {
  const lease = await acquire(locking, optionId)
  try {
    return await writeWhatIsLeft(db, optionId, units)
  } finally {
    await locking.locks.release(lease)
  }
}
