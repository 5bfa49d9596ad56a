import { Redis } from 'ioredis'
import { startRedis } from '../../lab/servers/redis.ts'
import { resolveTool } from '../../lab/tools/resolve.ts'
import { parseInfo } from '../../server/redis-info.ts'
import type { SourceTestBed } from './measurement.ts'

/** A private Redis whose memory can be limited, and what it counts. */
export interface EvictingRedis {
  url: string
  /** Lets it hold so many bytes beside what it uses when empty. */
  limit(bytes: number, policy: 'allkeys-lru' | 'allkeys-random'): Promise<void>
  unlimit(): Promise<void>
  empty(): Promise<void>
  counts(): Promise<RedisCounts>
  /** Writes other keys of 1 KB without end, as another user of the same Redis would. */
  fill(stop: AbortSignal): Promise<void>
  close(): Promise<void>
}

export interface RedisCounts {
  hits: number
  misses: number
  evicted: number
}

const valueBytes = 1024
const keysAtOnce = 200
const pauseMs = 5

let started = 0

/** @throws UserError where no Redis is installed, or it does not come up */
export async function startEvictingRedis(testBed: SourceTestBed): Promise<EvictingRedis> {
  const { session } = testBed
  const tool = await resolveTool(session, 'redis', { install: false })
  const server = await startRedis(session, tool, `evicting-${++started}`)
  const redis = new Redis(server.url, { commandTimeout: 5000, maxRetriesPerRequest: 0 })
  redis.on('error', () => {})
  const number = (text: string, name: string) => Number(parseInfo(text).get(name) ?? 0)
  return {
    url: server.url,
    async limit(bytes, policy) {
      const used = number(await redis.info('memory'), 'used_memory')
      await redis.config('SET', 'maxmemory-policy', policy)
      await redis.config('SET', 'maxmemory', used + bytes)
    },
    async unlimit() {
      await redis.config('SET', 'maxmemory', 0)
    },
    async empty() {
      await redis.flushall()
    },
    async counts() {
      const text = await redis.info('stats')
      return {
        hits: number(text, 'keyspace_hits'),
        misses: number(text, 'keyspace_misses'),
        evicted: number(text, 'evicted_keys'),
      }
    },
    async fill(stop) {
      const value = 'x'.repeat(valueBytes)
      while (!stop.aborted) {
        const pipeline = redis.pipeline()
        for (let key = 0; key < keysAtOnce; key += 1) {
          pipeline.set(`other:${crypto.randomUUID()}`, value)
        }
        await pipeline.exec()
        await Bun.sleep(pauseMs)
      }
    },
    async close() {
      redis.disconnect()
      await server.child.stop()
    },
  }
}
