import type { Redis } from 'ioredis'
import type { Observer, StockEvent } from '../../../ctx.ts'
import { orProblem, Problem } from '../../../errors.ts'

/**
 * Longer than the longest transaction (an answer within 8 s, its last statement within 10 s). An
 * item whose holder died is locked for so long.
 */
const leaseMs = 20_000
/** Well below the 8 s in which a request is answered. */
const waitMsMax = 6000

/** A lock on one item. */
export interface Lease {
  optionId: string
  /** Proves who holds the lock: only its holder releases it. */
  token: string
  /** Grows with every lease of the item: a holder whose time ran out has a smaller one. */
  fence: number
}

/** A place in the line for one lock. */
export interface Place {
  /** Resolves when it may be worth trying again. */
  wait(): Promise<void>
  leave(): void
}

/** How one waits; the place is taken before the first try, so that no release is missed. */
export type LineUp = (optionId: string) => Promise<Place>

/** Everything that one option needs for its locks. */
export interface Locking {
  redis: Redis
  observer: Observer
  /** Name of the option, for what is counted. */
  name: string
  lineUp: LineUp
}

const lockKey = (optionId: string) => `stock-lock:${optionId}`
const fenceKey = (optionId: string) => `stock-fence:${optionId}`

/** Where a release is announced, with the option's id as the message. */
export const releasedChannel = 'stock-lock-released'

const acquireScript = `
  if not redis.call('set', KEYS[1], ARGV[1], 'nx', 'px', ARGV[2]) then return 0 end
  return redis.call('incr', KEYS[2])`

const raiseScript = `
  if redis.call('get', KEYS[1]) ~= ARGV[1] then return 0 end
  local known = tonumber(redis.call('get', KEYS[2]) or '0')
  if known < tonumber(ARGV[2]) then redis.call('set', KEYS[2], ARGV[2]) end
  return redis.call('incr', KEYS[2])`

const releaseScript = `
  if redis.call('get', KEYS[1]) ~= ARGV[1] then return 0 end
  redis.call('del', KEYS[1])
  redis.call('publish', KEYS[2], ARGV[2])
  return 1`

/**
 * Waits for the lock on an item and takes it.
 * @throws Problem `lock-contention` after 6 s, `stock-unavailable` where Redis gives no answer
 */
export async function acquire(locking: Locking, optionId: string): Promise<Lease> {
  const { observer, name, lineUp } = locking
  const token = crypto.randomUUID()
  const startedMs = performance.now()
  const waitedMs = () => performance.now() - startedMs
  const count = (event: StockEvent) => observer.contended(name, event, waitedMs())
  const place = await lineUp(optionId)
  try {
    for (;;) {
      const fence = await attempt(locking, { optionId, token })
      if (fence > 0) {
        count('lock-had')
        return { optionId, token, fence }
      }
      if (waitedMs() > waitMsMax) {
        count('lock-given-up')
        throw new Problem('lock-contention')
      }
      count('lock-waited')
      await place.wait()
    }
  } finally {
    place.leave()
  }
}

/** @returns the fence, 0 while the lock is taken */
async function attempt(
  { redis, observer, name }: Locking,
  { optionId, token }: Pick<Lease, 'optionId' | 'token'>,
): Promise<number> {
  const keys = [lockKey(optionId), fenceKey(optionId)]
  try {
    return Number(await redis.eval(acquireScript, 2, ...keys, token, leaseMs))
  } catch (cause) {
    observer.contended(name, 'lock-unavailable', 0)
    // The answer may be what was lost, and not the lock.
    void release(redis, { optionId, token })
    throw new Problem('stock-unavailable', { cause })
  }
}

/**
 * A new fence above one that the database has seen: Redis had lost its count.
 * @returns undefined where the lease has run out meanwhile
 * @throws Problem `stock-unavailable`
 */
export async function raised(
  redis: Redis,
  lease: Lease,
  above: number,
): Promise<number | undefined> {
  const keys = [lockKey(lease.optionId), fenceKey(lease.optionId)]
  const raising = redis.eval(raiseScript, 2, ...keys, lease.token, above)
  return Number(await orProblem('stock-unavailable', raising)) || undefined
}

/** Releases the lock and announces it. Where Redis gives no answer, the lease runs out. */
export async function release(
  redis: Redis,
  { optionId, token }: Pick<Lease, 'optionId' | 'token'>,
): Promise<void> {
  const keys = [lockKey(optionId), releasedChannel]
  await redis.eval(releaseScript, 2, ...keys, token, optionId).catch(() => {})
}
