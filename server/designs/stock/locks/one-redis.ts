import type { Redis } from 'ioredis'
import { orProblem } from '../../../errors.ts'
import { type LeaseKey, type Locks, leaseMs } from './lease.ts'

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
 * Locks in one Redis, which counts the leases of each item: that is the fence. Where it has lost
 * its count, and the lease still holds, it goes on above what the row has seen.
 */
export const locksIn = (redis: Redis): Locks => ({
  async attempt({ optionId, token }) {
    const keys = [lockKey(optionId), fenceKey(optionId)]
    return Number(await redis.eval(acquireScript, 2, ...keys, token, leaseMs)) || undefined
  },

  async raise({ optionId, token }, above) {
    const keys = [lockKey(optionId), fenceKey(optionId)]
    const raising = redis.eval(raiseScript, 2, ...keys, token, above)
    return Number(await orProblem('stock-unavailable', raising)) || undefined
  },

  async release({ optionId, token }: LeaseKey) {
    const keys = [lockKey(optionId), releasedChannel]
    await redis.eval(releaseScript, 2, ...keys, token, optionId).catch(() => {})
  },
})
