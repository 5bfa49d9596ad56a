import type { Redis } from 'ioredis'
import type { Ctx } from '../../../ctx.ts'
import { Problem } from '../../../errors.ts'

/**
 * Longer than the longest transaction (an answer within 8 s, its last statement within 10 s). So
 * long nobody can have the item whose holder died.
 */
const leaseMs = 20_000
/** Well below the 8 s in which a request is answered. */
const waitMsMax = 6000

/** A lock on one item. */
export interface Lease {
  optionId: string
  /** Only who knows it can let go. */
  token: string
  /** Grows with every lease of the item: a holder whose time ran out has a smaller one. */
  fence: number
}

/** A place among those who wait for one lock. */
export interface Place {
  /** Comes back when it may be worth trying again. */
  wait(): Promise<void>
  leave(): void
}

/** How one waits; the place is taken before the first try, so that no release is missed. */
export type LineUp = (ctx: Ctx, optionId: string) => Promise<Place>

const lockKey = (optionId: string) => `stock-lock:${optionId}`
const fenceKey = (optionId: string) => `stock-fence:${optionId}`

/** Where a release is told, with the option's id as the message. */
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
 * @throws Problem `lock-contention` after 6 s, `lock-unavailable` where Redis gives no answer
 */
export async function acquire(ctx: Ctx, optionId: string, lineUp: LineUp): Promise<Lease> {
  const token = crypto.randomUUID()
  const startedMs = performance.now()
  const waitedMs = () => performance.now() - startedMs
  const tell = (event: Parameters<Ctx['observer']['contended']>[1]) =>
    ctx.observer.contended(ctx.design.options.stock, event, waitedMs())
  const place = await lineUp(ctx, optionId)
  try {
    for (;;) {
      const fence = await attempt(ctx, { optionId, token })
      if (fence > 0) {
        tell('lock-had')
        return { optionId, token, fence }
      }
      if (waitedMs() > waitMsMax) {
        tell('lock-given-up')
        throw new Problem('lock-contention')
      }
      tell('lock-waited')
      await place.wait()
    }
  } finally {
    place.leave()
  }
}

/** @returns the fence, 0 while somebody else has the lock */
async function attempt(ctx: Ctx, wish: Pick<Lease, 'optionId' | 'token'>): Promise<number> {
  const { optionId, token } = wish
  const keys = [lockKey(optionId), fenceKey(optionId)]
  try {
    return Number(await ctx.redis.eval(acquireScript, 2, ...keys, token, leaseMs))
  } catch (cause) {
    ctx.observer.contended(ctx.design.options.stock, 'lock-unavailable', 0)
    // The answer may be what was lost, and not the lock.
    void release(ctx.redis, wish)
    throw new Problem('lock-unavailable', { cause })
  }
}

/**
 * A new fence above one that the database has seen: Redis had forgotten how far it had counted.
 * @returns undefined where the lease has run out meanwhile
 * @throws Problem `lock-unavailable`
 */
export async function raised(ctx: Ctx, lease: Lease, above: number): Promise<number | undefined> {
  const keys = [lockKey(lease.optionId), fenceKey(lease.optionId)]
  try {
    const fence = Number(await ctx.redis.eval(raiseScript, 2, ...keys, lease.token, above))
    return fence === 0 ? undefined : fence
  } catch (cause) {
    throw new Problem('lock-unavailable', { cause })
  }
}

/** Lets go and tells who waits. Where Redis gives no answer, the lease runs out by itself. */
export async function release(
  redis: Redis,
  { optionId, token }: Pick<Lease, 'optionId' | 'token'>,
): Promise<void> {
  const keys = [lockKey(optionId), releasedChannel]
  await redis.eval(releaseScript, 2, ...keys, token, optionId).catch(() => {})
}
