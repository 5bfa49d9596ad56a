import type { Redis } from 'ioredis'
import type { ReadCounts } from './counts.ts'
import { decode, type Entry, encode, type Life } from './entry.ts'

/** Entries that all processes share, in Redis. Every call answers `away` where Redis does not. */
export interface Shelf {
  find(id: string, life: Life, counts: ReadCounts): Promise<Entry | 'away' | undefined>
  put(id: string, entry: Entry, counts: ReadCounts): Promise<void>
  /** Whether the caller now is the one who makes the entry; the lock goes by itself in the end. */
  lock(id: string, token: string, counts: ReadCounts): Promise<boolean | 'away'>
  unlock(id: string, token: string, counts: ReadCounts): Promise<void>
}

/** Part of every key: a later shape of entries never meets this one's. */
const version = 'reads:1'
/** A maker that died lets others make it after so long. */
const lockMs = 5000
/** After an error Redis is not asked for so long: a command that fails may take a second. */
const awayMs = 1000
const bytesMax = 4 * 1024 * 1024

const unlockScript = `
  if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end
  return 0`

export function createShelf(redis: Redis, nowMs: () => number): Shelf {
  let awayUntilMs = 0
  async function ask<T>(counts: ReadCounts, command: () => Promise<T>): Promise<T | 'away'> {
    if (nowMs() < awayUntilMs || redis.status === 'reconnecting') return 'away'
    try {
      return await command()
    } catch {
      counts.redisErrors += 1
      awayUntilMs = nowMs() + awayMs
      return 'away'
    }
  }
  const entryKey = (id: string) => `${version}:entry:${id}`
  const lockKey = (id: string) => `${version}:lock:${id}`
  return {
    async find(id, life, counts) {
      const text = await ask(counts, () => textAt(redis, entryKey(id)))
      if (text === 'away' || text === null) return text ?? undefined
      const entry = decode(text, life, nowMs())
      if (!entry) counts.refused += 1
      return entry && nowMs() < entry.staleUntilMs ? entry : undefined
    },
    async put(id, entry, counts) {
      const text = encode(entry)
      if (text.length > bytesMax) return
      const lifeMs = Math.max(1, Math.trunc(entry.staleUntilMs - nowMs()))
      await ask(counts, () => redis.set(entryKey(id), text, 'PX', lifeMs))
    },
    async lock(id, token, counts) {
      const taken = await ask(counts, () => redis.set(lockKey(id), token, 'PX', lockMs, 'NX'))
      return taken === 'away' ? taken : taken === 'OK'
    },
    async unlock(id, token, counts) {
      await ask(counts, () => redis.eval(unlockScript, 1, lockKey(id), token))
    },
  }
}

/** Where somebody has put another type, there is no text; the next put replaces it. */
async function textAt(redis: Redis, key: string): Promise<string | null> {
  try {
    return await redis.get(key)
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('WRONGTYPE')) return ''
    throw error
  }
}
