import { afterAll, beforeAll, expect, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import { eventually } from '../testing/barrier.ts'
import {
  checkout,
  expectSoundShop,
  forgetQueue,
  openEvents,
  untilQuiet,
} from '../testing/crash-crowd.ts'
import { describeLive, openWorld, type World } from '../testing/fixtures.ts'
import { newKey } from '../testing/shopping.ts'
import { type SpawnedShop, startShop } from '../testing/spawned-shop.ts'

const buyers = 40
const testMs = 45_000

let world: World
let shop: SpawnedShop

describeLive('kill -9 of the worker', ['TEST_DATABASE_URL', 'TEST_REDIS_URL'], () => {
  beforeAll(async () => {
    world = await openWorld('crash_worker')
    shop = await startShop(world.databaseUrl, 'admission=open')
  }, 60_000)
  afterAll(async () => {
    await shop.stop()
    await forgetQueue(world.databaseUrl, 'all')
    await world.close()
  })

  test(
    'with effects in its queue: each is applied once',
    async () => {
      await shop.kill('worker')
      const crowd = Array.from({ length: buyers }, (_, buyer) => checkout(shop, buyer, newKey()))
      expect(new Set(await Promise.all(crowd))).toEqual(new Set([201]))
      await shop.start('worker')
      const begun = sql`select event_id from effects limit 1`
      await eventually('an effect', async () => (await world.query(begun)).length > 0)
      await shop.kill('worker')
      expect(await openEvents(world)).toBeGreaterThan(0)
      await forgetQueue(world.databaseUrl, 'timed')
      await shop.start('worker')
      await untilQuiet(world)
      await expectSoundShop(world, shop)
    },
    testMs,
  )
})
