import { afterAll, expect, spyOn, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import { schemaUrl } from '../db/migrate.ts'
import { today } from '../db/seed.ts'
import { jsonRequest, withToken } from '../testing/app-for-test.ts'
import { eventually } from '../testing/barrier.ts'
import {
  checkoutAll,
  expectSoundShop,
  untilQuiescent,
  withSpawnedShop,
} from '../testing/crash-crowd.ts'
import { describeLive, withWorld } from '../testing/fixtures.ts'
import { newKey } from '../testing/shopping.ts'
import { openShadows } from './open-shadows.ts'
import { silentShadowMeter } from './record.ts'

const logged = spyOn(console, 'error').mockImplementation(() => {})
afterAll(() => logged.mockRestore())

interface Shown {
  outcomes: Record<string, number>
  mismatches: { field: string; requests: number }[]
  floorPairs: number
  problem?: string
}

describeLive('shadows of a shop', ['TEST_DATABASE_URL', 'TEST_REDIS_URL'], () => {
  const { world, shop } = withSpawnedShop('shadow', 'after,reads=database')
  const patience = { deadlineMs: 30_000, pollMs: 50 }

  const put = async (body: object) => {
    const request = jsonRequest('PUT', { reason: 'a test', by: 'kim', ...body }, withToken)
    const response = await fetch(`${shop.url('server')}/designs/reads`, request)
    expect(response.status).toBe(200)
  }
  const shown = async () => {
    const response = await fetch(`${shop.url('server')}/designs/shadow`, { headers: withToken })
    return ((await response.json()) as { shadows: Shown[] }).shadows[0]
  }
  const paths = [
    ...[1, 2, 3, 9, 99].map((id) => `/api/v1/products/${id}`),
    ...['/api/v1/products?size=5', '/api/v1/products?page=2&size=3'],
    `/api/v1/products/popular?from=2026-01-01&to=2026-01-31`,
    `/api/v1/products/popular?from=${today()}&to=${today()}`,
  ]
  /** Reads them in turn, a few at a time, so that none is dropped. */
  const browse = async (count: number) => {
    const waiting = Array.from({ length: count }, (_, index) => paths[index % paths.length])
    const inTurn = async () => {
      for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
        await (await fetch(shop.url('server') + path)).text()
        await Bun.sleep(4)
      }
    }
    await Promise.all([inTurn(), inTurn()])
  }
  const sumOf = ({ outcomes }: Shown) =>
    Object.values(outcomes).reduce((sum, count) => sum + count, 0)
  const allCompared = (count: number) =>
    eventually(
      'all are compared',
      async () => {
        const now = await shown()
        return now && sumOf(now) === count ? now : undefined
      },
      patience,
    )

  test('right options agree in hundreds of requests while others buy', async () => {
    let epoch = 0
    for (const option of ['indexed', 'cached', 'database']) {
      await put({ option: 'database', shadow: { option, percent: 100 }, epoch })
      epoch += 1
      const buying = checkoutAll(shop, Array.from({ length: 20 }, newKey))
      await browse(200)
      await buying
      const { outcomes, mismatches } = await allCompared(200)
      expect([option, mismatches, outcomes.failed]).toEqual([option, [], 0])
      expect((outcomes.same ?? 0) + (outcomes.late ?? 0)).toBeGreaterThan(50)
    }
    await untilQuiescent(world)
    await expectSoundShop(world, shop)
  }, 120_000)

  test('kill -9 keeps the shadow, and the process compares from the start again', async () => {
    await shop.kill('server')
    await shop.start('server')
    expect(await shown()).toMatchObject({ floorPairs: 0 })
    await browse(5)
    expect((await allCompared(5)).floorPairs).toBe(5)
  }, 60_000)
})

describeLive('what shadows run on', ['TEST_DATABASE_URL', 'TEST_REDIS_URL'], () => {
  const world = withWorld('shadow_services')
  const settings = (url: string) => ({
    DATABASE_URL: url,
    REDIS_URL: Bun.env.TEST_REDIS_URL ?? '',
    STAMPEDE_ORDER_TTL_SECONDS: 900,
  })

  test('its database refuses every write', async () => {
    const { shadows, services, close } = openShadows(
      settings(world.databaseUrl),
      world.services,
      silentShadowMeter,
    )
    const write = sql`update product_options set stock = 0 where id = 1`
    const { connections, side } = services
    expect(await connections.rows(sql`select id from users where id = 1`)).toHaveLength(1)
    const attempts: (() => unknown)[] = [
      () => connections.change(write),
      () => side.change(write),
      () => connections.transaction((db) => db.change(write)),
      () => services.bank.charge({ reference: 'x', amountMinor: 1, cardToken: 'x' }),
      () => services.partners.deliver('messages', 'x', {}),
      () => services.tickets.next('orders'),
    ]
    for (const attempt of attempts) {
      await expect((async () => await attempt())()).rejects.toThrow()
    }
    expect(await world.stockOf('1')).toBe(100)
    expect(shadows.recordOf({ axis: 'reads', epoch: 1 })).toBeUndefined()
    await close()
  })

  test('a schema that there is not is a failure of the shadow alone', async () => {
    const url = schemaUrl(world.databaseUrl, 'stampede_test_none')
    const { services, close } = openShadows(settings(url), world.services, silentShadowMeter)
    await expect(services.connections.rows(sql`select 1`)).rejects.toMatchObject({
      code: 'database-unavailable',
    })
    await close()
  })
})
