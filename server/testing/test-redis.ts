import type { Redis } from 'ioredis'
import type { Services } from '../ctx.ts'
import { eventually } from './barrier.ts'

/** The highest databases of a Redis as it comes: other tests use 0. */
const lockDatabases = [13, 14, 15]

/** Lock servers: databases of the test's Redis, which have no key in common. */
export const lockUrlsForTest = (given = Bun.env.TEST_REDIS_URL): string[] =>
  lockDatabases.map((database) => {
    const url = new URL(given ?? 'redis://127.0.0.1:9')
    url.pathname = `/${database}`
    return url.href
  })

/** Removes what the designs have left in Redis under the schema's name. */
export async function clearRedis({
  redis,
  lockServers,
}: Pick<Services, 'redis' | 'lockServers'>): Promise<void> {
  if (!Bun.env.TEST_REDIS_URL) return
  await Promise.all([redis, ...lockServers].map(clear))
}

const patience = { deadlineMs: 20_000 }

/**
 * Designs give a command, and a connection, less time than a busy machine may need: what fails is
 * tried again on the next connection.
 */
async function clear(redis: Redis): Promise<void> {
  const { keyPrefix = '' } = redis.options
  const removed = async () => {
    const keys = await redis.keys(`${keyPrefix}*`)
    if (keys.length > 0) await redis.del(...keys.map((key) => key.slice(keyPrefix.length)))
    return true
  }
  await eventually('Redis is cleared', () => removed().catch(() => false), patience)
}
