import { sql } from 'drizzle-orm'
import type { Redis } from 'ioredis'
import type { Ctx } from '../../ctx.ts'
import { orProblem, Problem } from '../../errors.ts'
import type { Option } from '../option.ts'
import { claimLocked, type Dispatch, writeOffers } from './dispatch.ts'

const lockKey = 'dispatch:lock'
/** A holder that died loses the lock after this long. */
const lockMs = 5000
/** Pause before the lock is asked for again: this much, and up to as much again. */
const pauseMs = 10
const waitMsMax = 3000

/** Deletes the lock only where it is still the caller's own. */
const release = `
  if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end`

export const randomLock: Option<Dispatch> = {
  summary: 'one Redis lock for all, under it a random order',
  doc: 'S4’s first design; the lock is asked for in a loop.',
  closes: 'two workers on one order, by the row’s lock, since the Redis lock may run out',
  leavesOpen:
    'all workers wait for one; `order by rand()` locks every order that waits, and payments ' +
    'that add one wait too',
  hazard: 'an old order may wait for ever while later ones are taken',
  whenEvicted:
    'a lock that is thrown out has two holders: the lock of the row hands an order to one of them',
  open: () => ({
    offer: (_ctx, db, orderIds) => writeOffers(db, orderIds),
    async take(ctx, workerId) {
      const token = crypto.randomUUID()
      try {
        await acquire(ctx, token)
        return await takeRandom(ctx, workerId)
      } finally {
        // Also where no answer came: it may be what was lost. Without Redis the lock runs out.
        await free(ctx.redis, token)
      }
    },
  }),
}

async function acquire({ redis, observer }: Ctx, token: string): Promise<void> {
  const endsAtMs = performance.now() + waitMsMax
  while (performance.now() < endsAtMs) {
    if (await orProblem('dispatch-unavailable', redis.set(lockKey, token, 'PX', lockMs, 'NX')))
      return
    observer.dispatched('lock-wait')
    await Bun.sleep(pauseMs * (1 + Math.random()))
  }
  throw new Problem('lock-contention')
}

const free = (redis: Redis, token: string) =>
  redis.eval(release, 1, lockKey, token).catch(() => undefined)

async function takeRandom(ctx: Ctx, workerId: string): Promise<string | undefined> {
  return await ctx.connections.transaction(async (db) => {
    const random = sql`select order_id as id from dispatches where status = 'waiting'
      order by rand() limit 1 for update`
    return await claimLocked(ctx, db, workerId, random)
  })
}
