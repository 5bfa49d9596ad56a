import { afterAll, beforeEach, describe, expect, test } from 'bun:test'
import type { Redis } from 'ioredis'
import { openRedis } from '../../../redis.ts'
import { eventually, within } from '../../../testing/barrier.ts'
import { describeLive } from '../../../testing/fixtures.ts'
import { Cache, type CachedAnswer } from './cache.ts'

const opened: Redis[] = []
let prefix = ''
let tests = 0

function connect(url = Bun.env.TEST_REDIS_URL ?? ''): Redis {
  const redis = openRedis(url, prefix)
  opened.push(redis)
  return redis
}

/** Caches on one Redis that share a clock, as processes do. */
function processes(count: number, redisUrl?: string) {
  const clock = { now: Date.now(), stepMs: 0 }
  const clocks = { wallMs: () => clock.now + clock.stepMs, elapsedMs: () => clock.now }
  return {
    clock,
    caches: Array.from({ length: count }, () => new Cache(connect(redisUrl), clocks)),
  }
}

/** An answer that counts how often it is made, and is made when `gate` lets it. */
function answer(change: Partial<CachedAnswer> = {}) {
  const state = { made: 0, gate: Promise.resolve(), fails: false }
  const asked: CachedAnswer = {
    kind: 'product',
    key: '1',
    freshMs: 1000,
    staleMs: 5000,
    copyMs: 100,
    isShared: true,
    async make() {
      state.made += 1
      const body = `{"made":${state.made}}`
      await state.gate
      if (state.fails) throw new Error('the database is away')
      return body
    },
    ...change,
  }
  return { asked, state }
}

const entryKey = 'reads:1:entry:product:1'
const lockKey = 'reads:1:lock:product:1'
const first = '{"made":1}'
const second = '{"made":2}'

describeLive('a cache of reads', ['TEST_REDIS_URL'], () => {
  beforeEach(() => {
    tests += 1
    prefix = `test-cache-${process.pid}-${tests}`
  })
  afterAll(async () => {
    for (const redis of opened) redis.disconnect()
  })

  test('100 readers of a key that ran out get the stale answer while one makes it', async () => {
    const { clock, caches } = processes(2)
    const { asked, state } = answer()
    for (const cache of caches) expect(await cache.read(asked)).toBe(first)
    clock.now += 1500
    const gate = Promise.withResolvers<void>()
    state.gate = gate.promise
    const crowd = caches.flatMap((cache) => Array.from({ length: 100 }, () => cache.read(asked)))
    expect(new Set(await within(Promise.all(crowd), 'stale answers'))).toEqual(new Set([first]))
    await eventually('one makes it', async () => state.made === 2)
    gate.resolve()
    await eventually('all have it', async () => {
      clock.now += 101
      const bodies = await Promise.all(caches.map((cache) => cache.read(asked)))
      return bodies.every((body) => body === second)
    })
    expect(state.made).toBe(2)
    const counts = caches.map(({ counts }) => counts.product)
    expect(counts.map(({ stale }) => stale >= 100)).toEqual([true, true])
  })

  test('only a key that was never made is waited for, by all, in every process', async () => {
    const { caches } = processes(2)
    const { asked, state } = answer()
    const crowd = caches.flatMap((cache) => Array.from({ length: 100 }, () => cache.read(asked)))
    expect(new Set(await Promise.all(crowd))).toEqual(new Set([first]))
    expect(state.made).toBe(1)
    const [one, other] = caches.map(({ counts }) => counts.product)
    expect([one?.miss, other?.miss, one?.wait, other?.wait]).toEqual([1, 1, 99, 99])
  })

  test('is never older than its life: after that a reader waits', async () => {
    const { clock, caches } = processes(1)
    const { asked } = answer()
    expect(await caches[0]?.read(asked)).toBe(first)
    clock.now += 6001
    expect(await caches[0]?.read(asked)).toBe(second)
  })

  test('a copy is given without a question until its time is up', async () => {
    const { clock, caches } = processes(2)
    const { asked, state } = answer()
    const [one, other] = caches
    expect(await one?.read(asked)).toBe(first)
    await other?.fresh(asked, 2000)
    expect(state.made).toBe(2)
    expect(await one?.read(asked)).toBe(first)
    clock.now += 100
    expect(await one?.read(asked)).toBe(second)
  })

  test.each([
    [60_000, 0],
    [0, -60_000],
  ])('a wall clock that steps from %d ms to %d keeps a copy no longer', async (from, to) => {
    const { clock, caches } = processes(2)
    const { asked } = answer()
    const [one, other] = caches
    clock.stepMs = from
    expect(await one?.read(asked)).toBe(first)
    clock.stepMs = to
    await other?.fresh(asked, 2000)
    clock.now += 101
    expect(await one?.read(asked)).toBe(second)
  })

  test('an answer that cannot be made leaves the stale one, and is tried again', async () => {
    const { clock, caches } = processes(1)
    const { asked, state } = answer()
    await caches[0]?.read(asked)
    clock.now += 1500
    state.fails = true
    expect(await caches[0]?.read(asked)).toBe(first)
    await eventually('it failed', async () => caches[0]?.counts.product.rebuildFailures === 1)
    state.fails = false
    await eventually('it was made', async () => {
      clock.now += 101
      return (await caches[0]?.read(asked)) !== first
    })
  })

  test('a maker that fails fails those who wait, and the next ones try again', async () => {
    const { caches } = processes(1)
    const { asked, state } = answer()
    state.fails = true
    const crowd = Array.from({ length: 3 }, () => caches[0]?.read(asked))
    const ends = await Promise.allSettled(crowd)
    expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
    state.fails = false
    expect(await caches[0]?.read(asked)).toBe(second)
  })

  test('a maker that died is waited for until its lock is gone', async () => {
    const { caches } = processes(1)
    const { asked } = answer()
    await connect().set(lockKey, 'the dead', 'PX', 60)
    expect(await caches[0]?.read(asked)).toBe(first)
  })

  test('what few ask for stays in the process, stale while it is rebuilt', async () => {
    const { clock, caches } = processes(2)
    const { asked, state } = answer({ isShared: false })
    expect(await caches[0]?.read(asked)).toBe(first)
    expect(await caches[1]?.read(asked)).toBe(second)
    clock.now += 1500
    expect(await caches[0]?.read(asked)).toBe(first)
    await eventually('it was made', async () => state.made === 3)
    expect(await connect().exists(entryKey)).toBe(0)
  })

  test('what is not there is asked for once a second, and not kept in Redis', async () => {
    const { clock, caches } = processes(1)
    let looks = 0
    const { asked } = answer({ make: async () => (++looks < 3 ? undefined : first) })
    for (let turn = 0; turn < 5; turn += 1) expect(await caches[0]?.read(asked)).toBeUndefined()
    expect([looks, await connect().exists(entryKey, lockKey)]).toEqual([1, 0])
    clock.now += 1000
    expect([await caches[0]?.read(asked), looks]).toEqual([undefined, 2])
    clock.now += 1000
    expect(await caches[0]?.read(asked)).toBe(first)
  })

  const far = Date.now() + 365 * 24 * 3600 * 1000
  test.each([
    ['text of somebody else', 'hello'],
    ['nothing', ''],
    ['a body without its sum', `${far} ${far} 0\n{}`],
    ['an entry for ever', `${far} ${far} ${Bun.hash('{}').toString(36)}\n{}`],
  ])('%s in Redis is refused and replaced', async (_, text) => {
    const { caches } = processes(1)
    const { asked } = answer()
    await connect().set(entryKey, text)
    expect(await caches[0]?.read(asked)).toBe(first)
    expect(caches[0]?.counts.product.refused).toBeGreaterThan(0)
    expect(await connect().get(entryKey)).toEndWith(`\n${first}`)
  })

  test('another type in Redis is refused and replaced', async () => {
    const { caches } = processes(1)
    const { asked } = answer()
    await connect().rpush(entryKey, 'x')
    expect(await caches[0]?.read(asked)).toBe(first)
    expect(await connect().get(entryKey)).toEndWith(`\n${first}`)
  })

  describe('without Redis', () => {
    const unreachable = 'redis://127.0.0.1:9'

    test('one makes the answer for all in the process, and no error is seen', async () => {
      const { clock, caches } = processes(1, unreachable)
      const { asked, state } = answer()
      const crowd = () => Promise.all(Array.from({ length: 100 }, () => caches[0]?.read(asked)))
      expect(new Set(await crowd())).toEqual(new Set([first]))
      clock.now += 1500
      expect(new Set(await crowd())).toEqual(new Set([first]))
      await eventually('it was made', async () => state.made === 2)
      expect(caches[0]?.counts.product.redisErrors).toBeGreaterThan(0)
    })

    test('that comes back, it is asked again', async () => {
      const { clock, caches } = processes(1)
      const { asked } = answer({ copyMs: 0 })
      const [cache] = caches
      const redis = opened.at(-1)
      await cache?.read(asked)
      redis?.disconnect()
      expect(await cache?.read(asked)).toBe(first)
      await redis?.connect()
      clock.now += 1001
      await eventually('Redis has the new one', async () => {
        clock.now += 1
        await cache?.read(asked)
        return (await connect().get(entryKey))?.endsWith(second)
      })
    })
  })
})
