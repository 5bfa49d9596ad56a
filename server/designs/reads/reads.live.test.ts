import { afterAll, describe, expect, test } from 'bun:test'
import { type SQL, sql } from 'drizzle-orm'
import type { Services } from '../../ctx.ts'
import { today } from '../../db/seed.ts'
import { openRedis, schemaOf } from '../../redis.ts'
import { contract, type Suite } from '../../testing/contract.ts'
import { describeLive, withWorld } from '../../testing/fixtures.ts'
import { axes } from '../axes.ts'
import { type Design, parseDesign } from '../design.ts'
import { OpenedOptions } from '../opened-options.ts'
import { Cache } from './cached/cache.ts'
import { CachedReads } from './cached/cached.ts'
import { databaseReads as database } from './database.ts'
import { byDay, totalsStatement, unindexed } from './popular.ts'
import type { Page } from './reads.ts'

const world = withWorld('reads')
const opened: { disconnect(): void }[] = []

/** A process that has read nothing yet; a `redisUrl` without a server = Redis is down. */
function reader(design: Design, redisUrl = Bun.env.TEST_REDIS_URL ?? '') {
  const redis = openRedis(redisUrl, schemaOf(world.databaseUrl))
  opened.push(redis)
  let asked = 0
  const { connections } = world.services
  const counting: Services['connections'] = {
    ...connections,
    use(work) {
      asked += 1
      return connections.use(work)
    },
  }
  const options = new OpenedOptions({ ...world.services, redis, connections: counting })
  const { cache } = options.option('reads', 'cached')
  return { ...options.ctx(design, 'test'), cache, redis, asked: () => asked }
}

const dayBefore = (days: number) =>
  new Date(Date.parse(today()) - days * 24 * 3600 * 1000).toISOString().slice(0, 10)

const range = (days: number, limit = 10) => ({ from: dayBefore(days - 1), to: today(), limit })

const sell = (day: string, optionId: string, units: number) =>
  world.query(sql`insert into daily_popular_products (sold_date, option_id, total_sold)
      values (${day}, ${optionId}, ${units})`)

const sellStock = () => world.query(sql`update product_options set stock = 7 where id = 1`)

const soldIn = (text: string) =>
  (JSON.parse(text).items as { optionId: string; totalSold: number }[]).map(
    ({ optionId, totalSold }) => `${totalSold}x${optionId}`,
  )

type Reader = ReturnType<typeof reader>
const productsOf = (ctx: Reader, page: Page) => ctx.design.reads.products(ctx, page)
const productOf = (ctx: Reader, id: string) => ctx.design.reads.product(ctx, id)

const suite: Suite = (check, design) => {
  check('every page, product and range is the same text as row by row', async () => {
    const [ctx, plain] = [reader(design), world.ctx(design)]
    await sell(today(), '4', 20)
    for (const page of [1, 2, 3, 4].map((page) => ({ page, size: 4 }))) {
      expect(await ctx.design.reads.products(ctx, page)).toBe(await database.products(plain, page))
    }
    const whole = { page: 1, size: 1000 }
    expect(await ctx.design.reads.products(ctx, whole)).toBe(await database.products(plain, whole))
    for (const id of ['1', '10']) {
      expect(await ctx.design.reads.product(ctx, id)).toBe(
        (await database.product(plain, id)) ?? '',
      )
    }
    for (const asked of [range(1), range(7), range(30, 3), range(92, 100)]) {
      expect(await ctx.design.reads.popular(ctx, asked)).toBe(await database.popular(plain, asked))
    }
  })

  check('a page behind the end is empty and says how many there are', async () => {
    const text = await productsOf(reader(design), { page: 9, size: 20 })
    expect(JSON.parse(text)).toEqual({ items: [], page: 9, size: 20, total: 10 })
  })

  check('a product that is not there is not there twice', async () => {
    const ctx = reader(design)
    expect(await ctx.design.reads.product(ctx, '999')).toBeUndefined()
    expect(await ctx.design.reads.product(ctx, '999')).toBeUndefined()
  })

  check('most sold first, of equals the smaller id, which is a number', async () => {
    for (const optionId of ['10', '9', '2']) await sell(today(), optionId, 50)
    await sell(today(), '20', 51)
    const ctx = reader(design)
    const text = await ctx.design.reads.popular(ctx, range(1, 3))
    expect(soldIn(text)).toEqual(['51x20', '50x2', '50x9'])
    expect(JSON.parse(text).items[0]).toEqual({
      productId: '10',
      productName: 'Product 10',
      optionId: '20',
      optionName: 'Option 20',
      totalSold: 51,
    })
  })

  check('both ends of a range count, what is outside does not', async () => {
    const far = { from: dayBefore(400), to: dayBefore(399), limit: 10 }
    await sell(far.from, '3', 5)
    await sell(far.to, '3', 6)
    await sell(dayBefore(401), '3', 1)
    await sell(dayBefore(398), '3', 1)
    const ctx = reader(design)
    expect(soldIn(await ctx.design.reads.popular(ctx, far))).toEqual(['11x3'])
    await world.query(sql`delete from daily_popular_products where sold_date < ${dayBefore(300)}`)
    await sell(today(), '3', 1000)
    const upToYesterday = { from: dayBefore(2), to: dayBefore(1), limit: 100 }
    expect(soldIn(await ctx.design.reads.popular(ctx, upToYesterday))).toHaveLength(20)
    const future = { from: '2999-01-01', to: '2999-01-02', limit: 10 }
    expect(soldIn(await ctx.design.reads.popular(ctx, future))).toEqual([])
  })

  check('50 at once get the same answers', async () => {
    const ctx = reader(design)
    const texts = Array.from({ length: 50 }, () =>
      ctx.design.reads.products(ctx, { page: 1, size: 20 }),
    )
    expect(new Set(await Promise.all(texts)).size).toBe(1)
  })

  check('without Redis the answers are the same', async () => {
    const [ctx, plain] = [reader(design, 'redis://127.0.0.1:9'), world.ctx(design)]
    for (let turn = 0; turn < 2; turn += 1) {
      const page = { page: 1, size: 20 }
      expect(await ctx.design.reads.products(ctx, page)).toBe(await database.products(plain, page))
      expect(await ctx.design.reads.popular(ctx, range(7))).toBe(
        await database.popular(plain, range(7)),
      )
    }
  })
}

const typeOf = async (table: SQL) => {
  const [row] = await world.query<{ type: string; key: string | null }>(sql`
    explain format=traditional ${totalsStatement(table, range(3))}`)
  return [row?.type, row?.key]
}

describeLive('reads', ['TEST_DATABASE_URL', 'TEST_REDIS_URL'], () => {
  afterAll(() => {
    for (const redis of opened) redis.disconnect()
  })

  contract('reads', suite)

  test('the plans: every row without the index, a range of it with', async () => {
    expect(await typeOf(unindexed)).toEqual(['ALL', null])
    expect(await typeOf(byDay)).toEqual(['range', 'daily_popular_products_sold'])
  })

  test('cache-aside: an entry is read by all, and a cold one is made by each reader', async () => {
    const ctx = reader(parseDesign('after,reads=cache-aside'))
    const page = { page: 1, size: 20 }
    const ask = (count: number) =>
      Promise.all(Array.from({ length: count }, () => ctx.design.reads.products(ctx, page)))
    expect(new Set(await ask(20)).size).toBe(1)
    expect(ctx.asked()).toBe(20)
    await ask(20)
    expect(ctx.asked()).toBe(20)
  })

  describe('cached', () => {
    const design = parseDesign('after,reads=cached')
    const page = { page: 1, size: 20 }

    test('two processes, 100 cold readers each: the database is asked once', async () => {
      const [one, other] = [reader(design), reader(design)]
      const crowd = [one, other].flatMap((ctx) =>
        Array.from({ length: 100 }, () => ctx.design.reads.products(ctx, page)),
      )
      expect(new Set(await Promise.all(crowd)).size).toBe(1)
      expect(one.asked() + other.asked()).toBe(1)
    })

    test('after warming the database is not asked for what crowds ask first', async () => {
      const warm = reader(design)
      await warm.design.reads.warm?.(warm)
      const other = reader(design)
      await Promise.all([
        other.design.reads.products(other, page),
        other.design.reads.products(other, { page: 1, size: 1000 }),
        other.design.reads.product(other, '1'),
        other.design.reads.product(other, '10'),
        other.design.reads.popular(other, range(7)),
        other.design.reads.popular(other, range(30)),
      ])
      expect(other.asked()).toBe(0)
      const { counts } = other.cache
      const { products, product, popular } = counts
      expect([products.hit, product.hit, popular.hit, products.miss]).toEqual([2, 2, 2, 0])
    })

    test('what is sold meanwhile is seen once the key is gone', async () => {
      const first = await productOf(reader(design), '1')
      await sellStock()
      expect(await productOf(reader(design), '1')).toBe(first ?? '')
      await world.restock()
      await sellStock()
      expect(await productOf(reader(design), '1')).toContain('"stock":7')
    })

    test('a page is no older than declared, however late the first reader comes', async () => {
      const ctx = reader(design)
      const clock = { now: Date.now() }
      const { stalenessMs } = axes.reads.options.cached
      const now = () => clock.now
      const pages = new CachedReads(new Cache(ctx.redis, { wallMs: now, elapsedMs: now }))
      const before = await pages.product(ctx, '1')
      await sellStock()
      clock.now += stalenessMs / 2
      expect(await pages.product(ctx, '1')).toBe(before ?? '')
      clock.now += stalenessMs / 2
      expect(await pages.product(ctx, '1')).toContain('"stock":7')
    })

    test('a day that somebody else has written over is read from the database', async () => {
      const ctx = reader(design)
      await ctx.cache.fresh(
        {
          ...{ kind: 'day', key: today(), freshMs: 1000, staleMs: 1000, copyMs: 1000 },
          isShared: true,
          make: async () => '{"no":"totals"}',
        },
        0,
      )
      await sell(today(), '5', 9)
      expect(soldIn(await ctx.design.reads.popular(ctx, range(1)))).toEqual(['9x5'])
    })
  })
})
