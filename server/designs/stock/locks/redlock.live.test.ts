import { afterAll, beforeAll, describe, expect, spyOn, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import type { Redis } from 'ioredis'
import type { Services } from '../../../ctx.ts'
import { openLockServers, schemaOf } from '../../../redis.ts'
import { eventually } from '../../../testing/barrier.ts'
import { describeLive, type World, withWorld } from '../../../testing/fixtures.ts'
import { type LossyProxy, openLossyProxy } from '../../../testing/lossy-proxy.ts'
import { outcomeOf } from '../../../testing/shopping.ts'
import { lockUrlsForTest } from '../../../testing/test-redis.ts'
import { leaseMs } from './lease.ts'
import { MajorityLocks, majorityKey } from './majority.ts'

const world = withWorld('redlock')

const line = { optionId: '3', quantity: 1 }
const key = majorityKey(line.optionId)

/** The context, with the events that its observer receives. */
function watched(changed: Partial<Services> = {}) {
  const events: string[] = []
  const contended = (_option: string, event: string) => void events.push(event)
  const observer = { ...world.services.observer, contended }
  return { ctx: world.ctx('stock=redlock', { observer, ...changed }), events }
}

type Ctx = ReturnType<World['ctx']>
const take = (ctx: Ctx) => ctx.connections.transaction((db) => ctx.design.stock.take(ctx, db, line))
const giveBack = (ctx: Ctx) =>
  ctx.connections.transaction((db) => ctx.design.stock.giveBack(ctx, db, line))

const servers = () => world.services.lockServers
const tokens = () => Promise.all(servers().map((server) => server.get(key)))
const isFree = async () => (await tokens()).every((token) => token === null)
const letGo = () => eventually('the lock is let go at all servers', isFree)
const stock = () => world.stockOf(line.optionId)

describeLive('a lock at a majority', ['TEST_DATABASE_URL', 'TEST_REDIS_URL'], () => {
  test('is held until the transaction has ended, and longer than any', async () => {
    const { ctx } = watched()
    await ctx.connections.transaction(async (db) => {
      expect(await ctx.design.stock.take(ctx, db, line)).toBe(true)
      const [first, ...rest] = await tokens()
      expect(first).toBeString()
      expect(rest).toEqual([first ?? '', first ?? ''])
      for (const one of servers()) expect(await one.pttl(key)).toBeGreaterThan(18_000)
    })
    await letGo()
  })

  test('is let go when the transaction rolls back, and that of another never', async () => {
    const { ctx } = watched()
    const work = ctx.connections.transaction(async (db) => {
      await ctx.design.stock.take(ctx, db, line)
      await servers()[0]?.set(key, 'another')
      throw new Error('changed my mind')
    })
    await expect(work).rejects.toThrow('changed my mind')
    const isDone = async () => (await tokens()).filter((token) => token !== null).length === 1
    await eventually('its own is let go', isDone)
    expect(await tokens()).toEqual(['another', null, null])
  })

  test('is waited for while two others have a server each', async () => {
    await servers()[0]?.set(key, 'one', 'PX', 300)
    await servers()[1]?.set(key, 'two', 'PX', 300)
    const { ctx, events } = watched()
    expect(await take(ctx)).toBe(true)
    expect(events).toContain('lock-waited')
  })

  test('is had though a minority has another’s', async () => {
    await servers()[2]?.set(key, 'dead', 'PX', 60_000)
    const { ctx, events } = watched()
    expect(await take(ctx)).toBe(true)
    expect(events).not.toContain('lock-waited')
    await eventually('it is let go', async () => (await servers()[0]?.exists(key)) === 0)
    expect(await servers()[2]?.get(key)).toBe('dead')
  })

  test('is not had where its validity is over when the majority is, and is let go', async () => {
    const { side } = world.services
    const times = [0, leaseMs]
    const nowMs = () => times.shift() ?? 0
    const locks = new MajorityLocks({ servers: servers(), side, onMissing() {}, nowMs })
    expect(await locks.attempt({ optionId: line.optionId, token: 'late' })).toBeUndefined()
    await letGo()
  })

  test('is refused where no server is named', async () => {
    const { ctx, events } = watched({ lockServers: [] })
    expect(await outcomeOf(take(ctx))).toBe('stock-unavailable')
    expect(events).toEqual(['lock-unavailable'])
  })

  test('a holder whose time ran out before it looked is refused by the row’s fence', async () => {
    const { ctx: stale, events } = watched()
    const other = world.ctx('stock=redlock', { connections: world.others.connections })
    let late: Promise<unknown> | undefined
    await other.connections.transaction(async (db) => {
      await db.rows(sql`select stock from product_options where id = 3 for update`)
      late = outcomeOf(take(stale))
      expect(await world.endsOrWaits(late)).toBe('waits')
      for (const server of servers()) await server.del(key)
      expect(await other.design.stock.take(other, db, line)).toBe(true)
    })
    expect(await late).toBe('lock-contention')
    expect(events).toContain('lock-stale')
    expect(await stock()).toBe(99)
  })

  test('of two holders after all servers were flushed, the second is refused', async () => {
    const { ctx: first } = watched()
    const { ctx: second, events } = watched()
    let other: Promise<unknown> | undefined
    await first.connections.transaction(async (db) => {
      expect(await first.design.stock.take(first, db, line)).toBe(true)
      for (const server of servers()) await server.flushdb()
      other = outcomeOf(take(second))
      expect(await world.endsOrWaits(other)).toBe('waits')
    })
    expect([await other, await stock()]).toEqual(['lock-contention', 99])
    expect(events).toEqual(['lock-had', 'lock-stale'])
    expect(await take(second)).toBe(true)
  })

  test('many buyers while servers are flushed again and again: none is sold twice', async () => {
    await world.query(sql`update product_options set stock = 10 where id = 3`)
    const { ctx } = watched()
    const buyers = Array.from({ length: 30 }, () => outcomeOf(take(ctx)))
    let isOver = false
    const flushing = (async () => {
      while (!isOver) {
        await Promise.all(servers().map((server) => server.flushdb()))
        await Bun.sleep(2)
      }
    })()
    const answers = await Promise.all(buyers)
    isOver = true
    await flushing
    const sold = answers.filter((answer) => answer === true).length
    expect(await stock()).toBe(10 - sold)
  })

  describe('while servers are away', () => {
    const proxies: LossyProxy[] = []
    const opened: Redis[] = []

    beforeAll(async () => {
      for (const url of lockUrlsForTest()) {
        const proxy = await openLossyProxy(url)
        proxies.push(proxy)
        opened.push(...openLockServers([proxy.through(url)], schemaOf(world.databaseUrl)))
      }
    })
    afterAll(() => {
      for (const server of opened) server.disconnect()
      for (const proxy of proxies) proxy.stop()
    })

    /** @param harm what happens to a server, and its end */
    async function during(
      away: number,
      harm: (proxy: LossyProxy, isOn: boolean) => void,
      work: (ctx: Ctx, events: string[]) => Promise<void>,
    ) {
      const logged = spyOn(console, 'error').mockImplementation(() => {})
      const { ctx, events } = watched({ lockServers: opened })
      await Promise.all(opened.map((server) => server.ping()))
      for (const proxy of proxies.slice(0, away)) harm(proxy, true)
      try {
        await work(ctx, events)
      } finally {
        for (const proxy of proxies) harm(proxy, false)
        const answer = () =>
          Promise.all(opened.map((server) => server.ping())).then(
            () => true,
            () => false,
          )
        await eventually('all servers answer', answer)
        logged.mockRestore()
      }
    }

    const cutOff = (proxy: LossyProxy, isOn: boolean) => proxy.cutOff(isOn)
    const freeze = (proxy: LossyProxy, isOn: boolean) => proxy.freeze(isOn)
    const harms = { 'cut off': cutOff, frozen: freeze }

    test.each(Object.entries(harms))('one of three %s: a majority holds', async (_, harm) => {
      await world.query(sql`update product_options set stock = 5 where id = 3`)
      await during(1, harm, async (ctx, events) => {
        const answers = await Promise.all(Array.from({ length: 8 }, () => outcomeOf(take(ctx))))
        expect(answers.filter((answer) => answer === true)).toHaveLength(5)
        expect(answers.filter((answer) => answer === false)).toHaveLength(3)
        await eventually('it is counted', async () => events.includes('lock-server-away'))
        expect(events).not.toContain('lock-unavailable')
      })
      expect(await stock()).toBe(0)
      await letGo()
    })

    test.each(Object.entries(harms))('two of three %s: nothing is sold', async (_, harm) => {
      await during(2, harm, async (ctx, events) => {
        expect(await outcomeOf(take(ctx))).toBe('stock-unavailable')
        expect(await outcomeOf(giveBack(ctx))).toBe('stock-unavailable')
        expect(await outcomeOf(world.place(ctx, ['1x3']))).toBe('stock-unavailable')
        expect(events.filter((event) => event === 'lock-unavailable')).toHaveLength(3)
        const isLetGo = async () => (await servers()[2]?.exists(key)) === 0
        await eventually('the one that answers has no lock', isLetGo)
      })
      expect(await stock()).toBe(100)
      expect(await world.audit()).toEqual([])
      await letGo()
    })
  })
})
