import { afterAll, beforeAll, expect, spyOn, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import { createSchema, dropSchema, serverUrl } from '../../db/migrate.ts'
import { optimistic } from '../../designs/stock/optimistic.ts'
import { addUnits } from '../../designs/stock/stock.ts'
import { schemaOf } from '../../redis.ts'
import {
  type AppForTest,
  appForTest,
  jsonRequest,
  tokenForTest,
  withToken,
} from '../../testing/app-for-test.ts'
import { eventually } from '../../testing/barrier.ts'
import { describeLive, withWorld } from '../../testing/fixtures.ts'
import { newKey, orderBody } from '../../testing/shopping.ts'
import { lockUrlsForTest } from '../../testing/test-redis.ts'
import { type OpenShadows, openShadows } from '../open-shadows.ts'
import { floorPairs, silentShadowMeter } from '../record.ts'
import { shadowOperator } from '../testing/shadow-operator.ts'
import { usualOrders } from '../testing/usual-orders.ts'
import { openShadowSchema } from './shadow-schema.ts'

const logged = spyOn(console, 'error').mockImplementation(() => {})
afterAll(() => logged.mockRestore())
const patience = { deadlineMs: 60_000, pollMs: 20 }

describeLive('orders that run again', ['TEST_DATABASE_URL', 'TEST_REDIS_URL'], () => {
  const world = withWorld('shadow_writes', { isAudited: true })
  let shadowing: OpenShadows
  let shop: AppForTest

  beforeAll(() => {
    const settings = {
      DATABASE_URL: world.databaseUrl,
      REDIS_URL: Bun.env.TEST_REDIS_URL ?? '',
      REDLOCK_URLS: lockUrlsForTest(),
      STAMPEDE_ORDER_TTL_SECONDS: 900,
    }
    shadowing = openShadows(settings, world.others, silentShadowMeter)
    shop = appForTest({
      ...{ token: tokenForTest, design: 'after,admission=open', services: world.others },
      shadows: () => shadowing.shadows,
    })
  })
  afterAll(async () => {
    await shop.options.close()
    await shadowing.close()
    await dropSchema(serverUrl(world.databaseUrl), schemaOf(shadowing.writes.url))
  })

  const shown = (axis: string) => shadowOperator(shop).shown(axis)
  const put = (axis: string, option: string, other: string) =>
    shadowOperator(shop).put(axis, option, { option: other, percent: 100 })
  const buy = (axis: string, bodies: object[]) => shadowOperator(shop).buy(axis, bodies)
  const many = (count: number) => Array.from({ length: count }, () => usualOrders[0] ?? {})

  test.each([
    ['transaction', 'split', 'one-big'],
    ['transaction', 'split', 'batched'],
    ['stock', 'conditional-update', 'row-lock'],
    ['stock', 'conditional-update', 'coalesced'],
    ['stock', 'conditional-update', 'redis-lock'],
    ['stock', 'conditional-update', 'redlock'],
  ])(
    '%s=%s and %s leave the same answers and data',
    async (axis, option, other) => {
      await put(axis, option, other)
      await buy(axis, many(floorPairs))
      await buy(axis, usualOrders)
      const seen = await shown(axis)
      expect([seen?.mismatches, seen?.last, seen?.problem]).toEqual([[], [], undefined])
      expect(seen?.outcomes).toMatchObject({ failed: 0, dropped: 0, skipped: 0, mismatched: 0 })
      // On a busy machine the time of one or the other is over before it is compared.
      expect(seen?.outcomes.same).toBeGreaterThan(0)
      expect(seen?.natural.map(({ field }) => field)).toContain('answer.id')
    },
    120_000,
  )

  test('a stock that takes one too many is found by the column', async () => {
    shadowing.writes.options.provide('stock', 'optimistic', {
      ...optimistic.open(world.others, { name: 'optimistic' }),
      async take(_ctx, db, { optionId, quantity }) {
        await addUnits(db, optionId, -quantity - 1)
        return true
      },
    })
    await put('stock', 'conditional-update', 'optimistic')
    await buy('stock', [...many(floorPairs), ...many(3)])
    const seen = await shown('stock')
    expect(seen?.mismatches).toEqual([{ field: 'product_options.stock', requests: 3 }])
    const [first] = seen?.last ?? []
    expect(Number(first?.shadow)).toBe(Number(first?.served) - 1)
  }, 60_000)

  test('the shop’s own rows, its bank and its ids are those of its customers alone', async () => {
    await put('transaction', 'split', 'one-big')
    const charges = () => world.bank.ledger.list().length
    const before = charges()
    expect(await buy('transaction', many(5))).toEqual([201, 201, 201, 201, 201])
    expect(await world.query(sql`select id from orders`)).toHaveLength(5)
    expect([charges() - before, await world.stockOf('1')]).toEqual([5, 95])
  }, 60_000)

  test('an order of the cart cannot be repeated', async () => {
    await put('transaction', 'split', 'one-big')
    await buy('transaction', [{ userId: '1', fromCart: true }])
    expect((await shown('transaction'))?.outcomes.skipped).toBe(1)
  }, 60_000)
})

describeLive('a schema of that name that is another’s', ['TEST_DATABASE_URL'], () => {
  const world = withWorld('shadow_taken')

  test('is left as it is', async () => {
    const server = serverUrl(world.databaseUrl)
    const name = `${schemaOf(world.databaseUrl)}_shadow`
    await createSchema(server, name)
    const schema = openShadowSchema(world.databaseUrl)
    await expect(schema.ready()).rejects.toThrow('tables of another owner')
    await schema.close()
    await dropSchema(server, name)
  }, 60_000)
})

describeLive('an account that may not create the schema', ['TEST_DATABASE_URL'], () => {
  const world = withWorld('shadow_denied')
  const account = sql.raw(`'denied_${process.pid}'@'%'`)

  test('fails its shadows, says why, and serves customers', async () => {
    await world.query(sql`create user ${account} identified by 'only-for-tests'`)
    const schema = sql.identifier(schemaOf(world.databaseUrl))
    await world.query(sql`grant all on ${schema}.* to ${account}`)
    const url = new URL(world.databaseUrl)
    url.username = `denied_${process.pid}`
    url.password = 'only-for-tests'
    const { shadows, close } = openShadows(
      {
        DATABASE_URL: url.href,
        REDIS_URL: Bun.env.TEST_REDIS_URL ?? '',
        STAMPEDE_ORDER_TTL_SECONDS: 900,
      },
      world.others,
      silentShadowMeter,
    )
    const { app, options } = appForTest({
      ...{ token: tokenForTest, design: 'after,admission=open', services: world.others },
      shadows: () => shadows,
    })
    const shadow = { option: 'one-big', percent: 100 }
    const flag = { option: 'split', shadow, reason: 'a test', by: 'kim', epoch: 0 }
    await app.request('/designs/transaction', jsonRequest('PUT', flag, withToken))
    const key = { 'idempotency-key': newKey() }
    const body = orderBody(['1x1'])
    const placed = await app.request('/api/v1/orders', jsonRequest('POST', body, key))
    expect(placed.status).toBe(201)
    const failed = async () => {
      const record = shadows.recordOf({ axis: 'transaction', epoch: 1 })
      return record?.outcomes.failed === 1 ? record : undefined
    }
    expect((await eventually('it has failed', failed, patience)).problem).toContain('ACCESS_DENIED')
    await options.close()
    await close()
    await world.query(sql`drop user ${account}`)
  }, 60_000)
})
