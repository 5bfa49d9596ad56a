import { expect, setDefaultTimeout, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import { eventually } from '../testing/barrier.ts'
import {
  checkout,
  clearQueue,
  expectSoundShop,
  untilQuiescent,
  withSpawnedShop,
} from '../testing/crash-crowd.ts'
import { openEvents } from '../testing/effects-worker.ts'
import { describeLive } from '../testing/fixtures.ts'
import { newKey } from '../testing/shopping.ts'

const buyers = 40
setDefaultTimeout(45_000)

const { world, shop } = withSpawnedShop('crash_worker')

describeLive('kill -9 of the worker', ['TEST_DATABASE_URL', 'TEST_REDIS_URL'], () => {
  test('with effects in its queue: each is applied once', async () => {
    await shop.kill('worker')
    // Who is refused on a busy machine asks again, under the same key.
    const crowd = Array.from({ length: buyers }, (_, buyer) => {
      const key = newKey()
      return eventually('a paid order', async () => (await checkout(shop, buyer, key)) === 201)
    })
    await Promise.all(crowd)
    // Best-sellers cannot be counted meanwhile; once they can, the database may still finish what
    // the dead worker has sent.
    await world.others.connections.transaction(async (db) => {
      await db.rows(sql`select total_sold from daily_popular_products for update`)
      await shop.start('worker')
      const begun = sql`select event_id from effects limit 1`
      await eventually('an effect', async () => (await world.query(begun)).length > 0)
      await shop.kill('worker')
      expect(await openEvents(world)).not.toEqual([])
    })
    await clearQueue(world.databaseUrl, 'timed')
    await shop.start('worker')
    await untilQuiescent(world)
    await expectSoundShop(world, shop)
  })

  test('its health has the age of each loop', async () => {
    const health = await fetch(`${shop.url('worker')}/healthz`)
    expect(health.status).toBe(200)
    const { lastTurnSecondsAgo } = (await health.json()) as { lastTurnSecondsAgo: object }
    expect(lastTurnSecondsAgo).toContainKeys(['relay', 'recovery', 'expiry'])
  })
})
