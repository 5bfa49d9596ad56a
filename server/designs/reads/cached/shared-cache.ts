import type { Redis } from 'ioredis'
import type { ReadCounts } from './counts.ts'
import { type Clocks, decode, type Entry, encode, type Life } from './entry.ts'

/** Part of every key: a later shape of entries never meets this one's. */
const version = 'reads:1'
/** A rebuilder that died is replaced after so long. */
const lockMs = 5000
/** After an error Redis is not asked for so long: a command that fails may take a second. */
const unavailableMs = 1000
const bytesMax = 4 * 1024 * 1024

const unlockScript = `
  if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end
  return 0`

/** Entries that all processes share, in Redis; `unavailable` where Redis gives no answer. */
export class SharedCache {
  readonly #redis: Redis
  readonly #clocks: Clocks
  #unavailableUntilMs = Number.NEGATIVE_INFINITY

  constructor(redis: Redis, clocks: Clocks) {
    this.#redis = redis
    this.#clocks = clocks
  }

  async find(
    id: string,
    life: Life,
    counts: ReadCounts,
  ): Promise<Entry | 'unavailable' | undefined> {
    const text = await this.#ask(counts, () => textAt(this.#redis, entryKey(id)))
    if (text === 'unavailable' || text === null) return text ?? undefined
    const nowMs = this.#clocks.wallMs()
    const entry = decode(text, life, nowMs)
    if (!entry) counts.refused += 1
    return entry && nowMs < entry.staleUntilMs ? entry : undefined
  }

  async put(id: string, entry: Entry, counts: ReadCounts): Promise<void> {
    const text = encode(entry)
    if (text.length > bytesMax) return
    const lifeMs = Math.max(1, Math.trunc(entry.staleUntilMs - this.#clocks.wallMs()))
    await this.#ask(counts, () => this.#redis.set(entryKey(id), text, 'PX', lifeMs))
  }

  /** Whether the caller is now the one who makes the entry; the lock expires in the end. */
  async lock(id: string, token: string, counts: ReadCounts): Promise<boolean | 'unavailable'> {
    const set = () => this.#redis.set(lockKey(id), token, 'PX', lockMs, 'NX')
    const taken = await this.#ask(counts, set)
    return taken === 'unavailable' ? taken : taken === 'OK'
  }

  async unlock(id: string, token: string, counts: ReadCounts): Promise<void> {
    await this.#ask(counts, () => this.#redis.eval(unlockScript, 1, lockKey(id), token))
  }

  async #ask<T>(counts: ReadCounts, command: () => Promise<T>): Promise<T | 'unavailable'> {
    const isOut = this.#clocks.elapsedMs() < this.#unavailableUntilMs
    if (isOut || this.#redis.status === 'reconnecting') return 'unavailable'
    try {
      return await command()
    } catch {
      counts.redisErrors += 1
      this.#unavailableUntilMs = this.#clocks.elapsedMs() + unavailableMs
      return 'unavailable'
    }
  }
}

const entryKey = (id: string) => `${version}:entry:${id}`
const lockKey = (id: string) => `${version}:lock:${id}`

/** Where the key is of another type, there is no text; the next put replaces it. */
async function textAt(redis: Redis, key: string): Promise<string | null> {
  try {
    return await redis.get(key)
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('WRONGTYPE')) return ''
    throw error
  }
}
