import { describe, expect, spyOn, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import type { Services } from '../../../ctx.ts'
import { openRedis } from '../../../redis.ts'
import { eventually } from '../../../testing/barrier.ts'
import { describeLive, type World, withWorld } from '../../../testing/fixtures.ts'
import { outcomeOf } from '../../../testing/shopping.ts'
import { acquire } from './lease.ts'
import { locksIn } from './one-redis.ts'
import { ReleaseNotices } from './release-notices.ts'

const world = withWorld('locks')

const line = { optionId: '3', quantity: 1 }
const lockKey = `stock-lock:${line.optionId}`
const fenceKey = `stock-fence:${line.optionId}`

/** The context, with the events that its observer receives. */
function watched(option: string, changed: Partial<Services> = {}) {
  const events: string[] = []
  const contended = (_option: string, event: string) => void events.push(event)
  const observer = { ...world.services.observer, contended }
  return { ctx: world.ctx(`stock=${option}`, { observer, ...changed }), events }
}

const take = (ctx: ReturnType<World['ctx']>) =>
  ctx.connections.transaction((db) => ctx.design.stock.take(ctx, db, line))

const isFree = async () => (await world.services.redis.exists(lockKey)) === 0

const fenceInRow = async () => {
  const [row] = await world.query<{ fence: string }>(sql`
    select stock_fence as fence from product_options where id = ${line.optionId}`)
  return Number(row?.fence)
}

describeLive('locks in Redis', ['TEST_DATABASE_URL', 'TEST_REDIS_URL'], () => {
  describe.each(['spin-lock', 'redis-lock', 'pubsub-lock'])('stock=%s', (option) => {
    test('holds the lock until the transaction has ended, and longer than any', async () => {
      const ctx = world.ctx(`stock=${option}`)
      await ctx.connections.transaction(async (db) => {
        expect(await ctx.design.stock.take(ctx, db, line)).toBe(true)
        expect(await ctx.redis.pttl(lockKey)).toBeGreaterThan(18_000)
      })
      await eventually('the lock is let go', isFree)
    })

    test('lets go when the transaction rolls back', async () => {
      const ctx = world.ctx(`stock=${option}`)
      const work = ctx.connections.transaction(async (db) => {
        await ctx.design.stock.take(ctx, db, line)
        throw new Error('changed my mind')
      })
      await expect(work).rejects.toThrow('changed my mind')
      await eventually('the lock is let go', isFree)
    })

    test('has the item once a dead holder’s time is over, though no message comes', async () => {
      await world.services.redis.set(lockKey, 'dead', 'PX', 100)
      const { ctx, events } = watched(option)
      expect(await take(ctx)).toBe(true)
      expect(events).toContain('lock-waited')
    })

    test('never lets go of another’s lock', async () => {
      const ctx = world.ctx(`stock=${option}`)
      await ctx.connections.transaction(async (db) => {
        await ctx.design.stock.take(ctx, db, line)
        await ctx.redis.set(lockKey, 'another')
      })
      // Commands are answered in their order: the release was sent before this.
      expect(await ctx.redis.get(lockKey)).toBe('another')
    })

    test('refuses a holder whose time ran out before it looked', async () => {
      const { ctx: stale, events } = watched(option)
      const other = world.ctx(`stock=${option}`, { connections: world.others.connections })
      let late: Promise<unknown> | undefined
      await other.connections.transaction(async (db) => {
        await db.rows(sql`select stock from product_options where id = 3 for update`)
        late = outcomeOf(take(stale))
        expect(await world.endsOrWaits(late)).toBe('waits')
        await stale.redis.del(lockKey)
        expect(await other.design.stock.take(other, db, line)).toBe(true)
      })
      expect(await late).toBe('lock-contention')
      expect(events).toContain('lock-stale')
      expect(await world.stockOf(line.optionId)).toBe(99)
    })

    test('goes on counting where Redis has lost count', async () => {
      await world.query(sql`update product_options set stock_fence = 50 where id = 3`)
      expect(await take(world.ctx(`stock=${option}`))).toBe(true)
      expect([await fenceInRow(), await world.services.redis.get(fenceKey)]).toEqual([51, '51'])
      expect(await take(world.ctx(`stock=${option}`))).toBe(true)
      expect(await fenceInRow()).toBe(52)
    })

    test('takes and gives nothing while Redis is away', async () => {
      const logged = spyOn(console, 'error').mockImplementation(() => {})
      const redis = openRedis('redis://127.0.0.1:9', 'unreachable')
      try {
        const { ctx: away, events } = watched(option, { redis })
        const giveBack = () =>
          away.connections.transaction((db) => away.design.stock.giveBack(away, db, line))
        expect(await outcomeOf(take(away))).toBe('stock-unavailable')
        expect(await outcomeOf(giveBack())).toBe('stock-unavailable')
        expect(await outcomeOf(world.place(away, ['1x3']))).toBe('stock-unavailable')
        expect(events).toContain('lock-unavailable')
      } finally {
        redis.disconnect()
        logged.mockRestore()
      }
      expect(await world.stockOf(line.optionId)).toBe(100)
      expect(await world.audit()).toEqual([])
    })
  })

  test('a release wakes the first in the line, and then the next', async () => {
    const { redis, observer } = world.services
    const notices = new ReleaseNotices(redis)
    const lineUp = (optionId: string) => notices.lineUp(optionId)
    const locks = locksIn(redis)
    const locking = { locks, observer, name: 'pubsub-lock', lineUp }
    const held = await acquire(locking, line.optionId)
    const order: string[] = []
    const waiters: Promise<void>[] = []
    for (const name of ['first', 'second']) {
      const { ctx: own, events } = watched('pubsub-lock')
      const had = acquire({ ...locking, observer: own.observer }, line.optionId).then(
        async (lease) => {
          order.push(name)
          await locks.release(lease)
        },
      )
      waiters.push(had)
      await eventually('it waits', async () => events.includes('lock-waited'))
    }
    await locks.release(held)
    await Promise.all(waiters)
    notices.close()
    expect(order).toEqual(['first', 'second'])
  })
})
