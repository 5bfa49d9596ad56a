import { describe, expect, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import type { Services } from '../../../ctx.ts'
import { Problem } from '../../../errors.ts'
import { openRedis } from '../../../redis.ts'
import { anHourAhead } from '../../../testing/fake-clock.ts'
import { describeLive, withWorld } from '../../../testing/fixtures.ts'
import { outcomeOf } from '../../../testing/shopping.ts'
import { afterGraceMs, settleStock } from '../../../testing/stock-settling.ts'
import { parseDesign } from '../../design.ts'
import { OpenedOptions } from '../../opened-options.ts'
import { Counters } from './counters.ts'
import { RedisCounterStock } from './redis-counter.ts'

const world = withWorld('redis_counter')

const optionId = '3'
const atStart = 100
const counter = `stock:counter:${optionId}`

const ctxOf = (shape: string, changed?: Partial<Services>) =>
  world.ctx(`transaction=${shape},stock=redis-counter`, changed)
const design = parseDesign('transaction=split,stock=redis-counter')
const take = (options: OpenedOptions, quantity: number) => {
  const ctx = options.ctx(design, 'test')
  return ctx.connections.transaction((db) => ctx.design.stock.take(ctx, db, { optionId, quantity }))
}
const giveBack = (quantity: number) =>
  world.services.connections.transaction((db) => {
    const ctx = ctxOf('split')
    return ctx.design.stock.giveBack(ctx, db, { optionId, quantity })
  })
const settle = () => settleStock(world.otherOptions)
/** What another process does about reservations that are old by now. */
const sweep = () => world.otherOptions.option('stock', 'redis-counter').settle(afterGraceMs)
const redisCounters = ({ redis }: Services = world.others) => new Counters(redis)
/** What is left by the table, and by the counter. */
const left = async () => [
  await world.stockOf(optionId),
  (await redisCounters().look(optionId))?.left,
]
const streamLength = () => world.others.redis.xlen('stock:entries')

/** The process with one command of Redis that never gets through the n-th time. */
function dyingAt(command: RegExp, pass: number): Services {
  let count = 0
  const redis = new Proxy(world.others.redis, {
    get(target, name) {
      const value = Reflect.get(target, name)
      if (typeof value !== 'function') return value
      return (...args: unknown[]) => {
        const isIt = command.test(`${String(name)} ${String(args[0])}`)
        if (isIt && ++count === pass) return Promise.reject(new Error('died here'))
        return value.apply(target, args)
      }
    },
  })
  return { ...world.others, redis }
}

/** A Redis whose every script with the word is run between two other things. */
function aroundScript(
  word: string,
  around: { before?(): Promise<unknown>; after?(): Promise<unknown> },
): Services['redis'] {
  return new Proxy(world.services.redis, {
    get(target, name) {
      const value = Reflect.get(target, name)
      if (name !== 'eval') return typeof value === 'function' ? value.bind(target) : value
      return async (...args: unknown[]) => {
        const isIt = String(args[0]).includes(word)
        if (isIt) await around.before?.()
        const answer = await value.apply(target, args)
        if (isIt) await around.after?.()
        return answer
      }
    },
  })
}

/** A Redis after whose every reservation something else happens before the answer arrives. */
const afterReserving = (act: () => Promise<unknown>) => aroundScript('XADD', { after: act })

describeLive('counter in Redis', ['TEST_DATABASE_URL', 'TEST_REDIS_URL'], () => {
  test('the table follows by the settling, and the stream is empty then', async () => {
    await take(world.options, 3)
    expect([await left(), await streamLength()]).toEqual([[atStart, atStart - 3], 1])
    await settle()
    expect([await left(), await streamLength()]).toEqual([[atStart - 3, atStart - 3], 0])
  })

  test('two processes sell exactly what is there', async () => {
    await world.query(sql`update product_options set stock = 50 where id = ${optionId}`)
    const crowd = [world.options, world.otherOptions].flatMap((options) =>
      Array.from({ length: 40 }, () => take(options, 1)),
    )
    expect((await Promise.all(crowd)).filter(Boolean).length).toBe(50)
    await settle()
    expect(await left()).toEqual([0, 0])
  })

  test('what is rolled back comes back to the counter at once', async () => {
    const work = world.services.connections.transaction(async (db) => {
      const ctx = ctxOf('split')
      await ctx.design.stock.take(ctx, db, { optionId, quantity: 2 })
      throw new Problem('cart-empty')
    })
    expect(await outcomeOf(work)).toBe('cart-empty')
    // The release was sent before this look, on the same connection.
    expect((await redisCounters(world.services).look(optionId))?.left).toBe(atStart)
  })

  test('killed between the reservation and the claim: it comes back once it is old', async () => {
    await take(world.options, 1)
    await redisCounters().reserve(crypto.randomUUID(), optionId, 4)
    await anHourAhead(settle)
    expect(await left()).toEqual([atStart - 1, atStart - 5])
    await sweep()
    await settle()
    expect([await left(), await streamLength()]).toEqual([[atStart - 1, atStart - 1], 0])
  })

  test('a claim that comes too late is refused, and nothing is sold', async () => {
    await take(world.options, 1)
    await settle()
    const ctx = ctxOf('one-big', { redis: afterReserving(sweep) })
    expect(await outcomeOf(world.place(ctx, ['2x3']))).toBe('lock-contention')
    await settle()
    expect(await left()).toEqual([atStart - 1, atStart - 1])
  })

  describe('the settling dies anywhere and is done again: each unit once', () => {
    const places: [string, RegExp, number][] = [
      ['before a return is credited', /eval .*ZADD/s, 1],
      ['before it reads the stream', /xrange/, 1],
      ['at the first entry that is done', /eval .*XDEL/s, 1],
      ['at the second entry', /eval .*XDEL/s, 2],
    ]
    test.each(places)('%s', async (_where, command, pass) => {
      await take(world.options, 5)
      await take(world.options, 7)
      await giveBack(2)
      await redisCounters().reserve(crypto.randomUUID(), optionId, 4)
      const died = new RedisCounterStock(dyingAt(command, pass)).settle(afterGraceMs)
      expect(await outcomeOf(died)).toBe('stock-unavailable')
      await sweep()
      await settle()
      expect([await left(), await streamLength()]).toEqual([[atStart - 10, atStart - 10], 0])
    })

    test('several at once', async () => {
      for (let turn = 0; turn < 5; turn += 1) await take(world.options, 2)
      await giveBack(3)
      await redisCounters().reserve(crypto.randomUUID(), optionId, 4)
      const settlers = [world.others, world.services, world.others]
      await Promise.all(
        settlers.map((services) => outcomeOf(new RedisCounterStock(services).settle(afterGraceMs))),
      )
      await sweep()
      await settle()
      expect([await left(), await streamLength()]).toEqual([[atStart - 7, atStart - 7], 0])
    })
  })

  test('one that read a return before another ended it credits nothing twice', async () => {
    await take(world.options, 5)
    await settle()
    await giveBack(3)
    const redis = aroundScript('ZADD', { before: settle })
    await new RedisCounterStock({ ...world.services, redis }).settle()
    expect(await left()).toEqual([atStart - 2, atStart - 2])
  })

  describe('a Redis that lost what it knew', () => {
    const forget = async () => {
      const { redis } = world.others
      await redis.del(counter, 'stock:entries', 'stock:credited')
    }

    test('in the middle of a sale: not one is sold twice', async () => {
      await world.query(sql`update product_options set stock = 60 where id = ${optionId}`)
      const buy = () => outcomeOf(take(world.options, 1))
      const first = Array.from({ length: 40 }, buy)
      await Promise.race(first)
      await forget()
      const answers = await Promise.all([...first, ...Array.from({ length: 40 }, buy)])
      const sold = answers.filter((answer) => answer === true).length
      expect(sold).toBeGreaterThan(0)
      expect(sold).toBeLessThanOrEqual(60)
      await sweep()
      await settle()
      expect(await world.stockOf(optionId)).toBe(60 - sold)
      expect([await take(world.options, 61 - sold), (await left())[1]]).toEqual([false, 60 - sold])
    })

    test('a reservation of its old run is not claimed; another is made', async () => {
      await take(world.options, 1)
      let isFirst = true
      const redis = afterReserving(async () => {
        if (!isFirst) return
        isFirst = false
        await forget()
        await take(world.otherOptions, 1)
      })
      expect(await take(new OpenedOptions({ ...world.services, redis }), 2)).toBe(true)
      await settle()
      expect(await left()).toEqual([atStart - 4, atStart - 4])
    })

    test('what was given back meanwhile is in the new counter, once', async () => {
      await take(world.options, 10)
      await giveBack(4)
      await forget()
      await settle()
      expect(await left()).toEqual([atStart - 6, atStart - 6])
      expect(await take(world.options, 1)).toBe(true)
      expect((await left())[1]).toBe(atStart - 7)
    })

    test('a counter from an older run of Redis is worth nothing', async () => {
      await take(world.options, 10)
      await world.others.redis.hset(counter, 'left', atStart, 'run', 'of-last-week')
      expect(await take(world.options, atStart - 5)).toBe(false)
      expect((await left())[1]).toBe(atStart - 10)
    })
  })

  test('an idle counter that differs from the table is found, and rebuilt', async () => {
    await take(world.options, 10)
    await settle()
    await world.others.redis.hincrby(counter, 'left', 7)
    const fresh = new RedisCounterStock(world.others)
    await fresh.settle()
    expect(fresh.counts.drift).toBe(7)
    expect(await take(world.options, atStart - 9)).toBe(false)
    expect((await left())[1]).toBe(atStart - 10)
  })

  test('a counter in use is not compared', async () => {
    await take(world.options, 10)
    await settle()
    await redisCounters().reserve(crypto.randomUUID(), optionId, 4)
    const fresh = new RedisCounterStock(world.others)
    await fresh.settle()
    expect([fresh.counts.drift, await left()]).toEqual([0, [atStart - 10, atStart - 14]])
  })

  test('without Redis nothing is taken, and what is cancelled waits for it', async () => {
    const ctx = ctxOf('split')
    const { id } = await world.place(ctx, ['5x3'])
    const redis = openRedis('redis://127.0.0.1:9', 'none')
    redis.disconnect()
    const down = ctxOf('split', { redis })
    expect(await outcomeOf(world.place(down, ['1x3']))).toBe('stock-unavailable')
    await world.cancel(down, id)
    await settle()
    expect([await left(), await world.audit()]).toEqual([[atStart, atStart], []])
  })

  test('rows long settled are pruned', async () => {
    await take(world.options, 2)
    await settle()
    await world.query(sql`update stock_reservations set created_at = '2001-01-01'`)
    await settle()
    expect(await world.query(sql`select 1 from stock_reservations`)).toEqual([])
    expect(await left()).toEqual([atStart - 2, atStart - 2])
  })

  describe.each(['one-big', 'per-item', 'split'])('transaction=%s', (shape) => {
    const moments = ['order.stock.taken 1', 'order.stock.taken 2', 'order.written', 'committed 1']

    test.each(moments)('killed at %s: all is sold or all is back', async (words) => {
      await world.killAt(words, () => world.place(ctxOf(shape), ['2x3', '1x4']))
      expect(await world.recoverAll()).toBe(0)
      await sweep()
      await settle()
      expect(await world.audit()).toEqual([])
      const [table, redis] = await left()
      // Without a counter nothing was taken yet.
      expect(redis ?? atStart).toBe(table ?? 0)
    })

    test('a crowd after ten pieces: ten are sold, and the audit is clean', async () => {
      await world.setStock(optionId, 10)
      const crowd = Array.from({ length: 40 }, (_, buyer) =>
        outcomeOf(world.place(ctxOf(shape), buyer % 2 === 0 ? ['1x3', '1x4'] : ['1x4', '1x3'])),
      )
      const answers = await Promise.all(crowd)
      const sold = answers.filter((answer) => typeof answer === 'object').length
      // On a busy machine a buyer may wait too long for a connection: the units are back then.
      const late = answers.filter((answer) => answer === 'pool-exhausted').length
      expect(sold).toBeLessThanOrEqual(10)
      expect(sold).toBeGreaterThanOrEqual(10 - late)
      await sweep()
      await settle()
      expect([await left(), await world.audit()]).toEqual([[10 - sold, 10 - sold], []])
    })
  })
})
