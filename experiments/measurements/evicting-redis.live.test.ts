import { describe, expect, test } from 'bun:test'
import { Redis } from 'ioredis'
import { readRedisInfo } from '../../lab/servers/redis.ts'
import { scratchSession } from '../../lab/testing/scratch.ts'
import { evictionIn } from '../../server/redis-eviction.ts'
import { startEvictingRedis } from './evicting-redis.ts'

const isSkipped = !Bun.env.TEST_REDIS_URL
if (isSkipped) console.log('skipped: a Redis that throws keys out (no TEST_REDIS_URL)')

describe.skipIf(isSkipped)('a Redis whose memory can be limited', () => {
  test('throws keys out above the limit, says so, and has all of them again without', async () => {
    const { session } = await scratchSession()
    const redis = await startEvictingRedis({ session } as never)
    const client = new Redis(redis.url)
    try {
      expect(evictionIn(await readRedisInfo(redis.url, 'memory'))).toBeUndefined()
      await redis.limit(200_000, 'allkeys-random')
      expect(evictionIn(await readRedisInfo(redis.url, 'memory'))?.policy).toBe('allkeys-random')
      const keys = Array.from({ length: 500 }, (_, key) => `key:${key}`)
      for (const key of keys) await client.set(key, 'x'.repeat(1000))
      const { evicted } = await redis.counts()
      expect(evicted).toBeGreaterThan(100)
      expect(await client.dbsize()).toBe(keys.length - evicted)
      await redis.unlimit()
      await redis.empty()
      const before = await redis.counts()
      for (const key of keys) await client.set(key, 'x'.repeat(1000))
      expect(await client.dbsize()).toBe(keys.length)
      expect((await redis.counts()).evicted).toBe(before.evicted)
    } finally {
      client.disconnect()
      await redis.close()
    }
  })
})
