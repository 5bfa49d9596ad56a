import { LockedStock, lockedRecord } from './locks/locked-stock.ts'
import { MajorityLocks } from './locks/majority.ts'
import { sleepAndRetry } from './locks/sleep-and-retry.ts'
import type { StockOption } from './stock.ts'

export const redlock: StockOption = {
  summary: 'a lock at a majority of independent Redis servers until the transaction has ended',
  doc:
    'A random token is set at all servers of `REDLOCK_URLS` at once, each with 200 ms to answer. ' +
    'The lock is had where a majority has set it and its validity (20 s − time that passed − ' +
    'clock drift) is not over. Else it is released at all servers, and tried again after 100 to ' +
    '300 ms, for 6 s.',
  ...lockedRecord,
  in: 'option, quantity; an odd number of lock servers, 3 to 9',
  out: 'false = sold out; `stock-unavailable` without a majority, `lock-contention` after 6 s',
  closes:
    'the gap between look and take, until the transaction has ended, also while a minority of ' +
    'the lock servers is away; the row’s own fence refuses who held the lock too long',
  leavesOpen:
    'the item stands still for the rest of the lease when its holder dies, and while no majority ' +
    'of the lock servers answers; three buyers who come at once may get one server each, and ' +
    'none of them the lock',
  whenEvicted: `${lockedRecord.whenEvicted}; it takes a majority of the servers that throw it out`,
  notes: [
    'The algorithm is that of Redis: [Distributed Locks with Redis](https://redis.io/docs/latest/' +
      'develop/clients/patterns/distributed-locks/). The same page names what breaks it: a ' +
      'server that is restarted without having kept the lock (persist with `fsync=always`, or ' +
      'start it again only after a lease has passed), and clocks that run at different speeds.',
    'Kleppmann ([How to do distributed locking](https://martin.kleppmann.com/2016/02/08/' +
      'how-to-do-distributed-locking.html), 2016) adds: a holder that is paused (garbage ' +
      'collection, the network) goes on after its lease without knowing, and Redlock has no ' +
      'fencing token, since its servers share no counter. Here the row is the counter: its ' +
      'fence is read once the lock is had, and a holder that finds a later one when it looks is ' +
      'refused (`lock-stale`). So a lost lock costs refusals and deadlocks, and nothing is sold ' +
      'twice. It also means that the row’s lock alone would have done: `row-lock` waits for it, ' +
      'and needs no other server.',
  ],
  contention: [...lockedRecord.contention, 'lock-server-away'],
  needsLockServers: true,
  open({ lockServers, side, observer }, { name }) {
    const onMissing = () => observer.contended(name, 'lock-server-away', 0)
    const locks = new MajorityLocks({ servers: lockServers, side, onMissing })
    return new LockedStock({ locks, observer, name, lineUp: sleepAndRetry })
  },
}
