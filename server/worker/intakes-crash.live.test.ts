import { expect, setDefaultTimeout, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import { eventually } from '../testing/barrier.ts'
import {
  checkoutAll,
  clearQueue,
  expectSoundShop,
  killInCrowd,
  paidCount,
  passLeases,
  untilQuiescent,
  withSpawnedShop,
} from '../testing/crash-crowd.ts'
import { describeLive } from '../testing/fixtures.ts'
import { newKey } from '../testing/shopping.ts'

const buyers = 20
setDefaultTimeout(60_000)

describeLive('kill -9 under admission=queued', ['TEST_DATABASE_URL', 'TEST_REDIS_URL'], () => {
  const { world, shop } = withSpawnedShop('crash_intakes', 'after,admission=queued')
  const newKeys = () => Array.from({ length: buyers }, newKey)

  async function settled(): Promise<void> {
    await passLeases(world)
    await clearQueue(world.databaseUrl, 'timed')
    await untilQuiescent(world)
    await expectSoundShop(world, shop)
  }

  test('of the worker: what it was placing is placed once, and the rest too', async () => {
    const paidBefore = await paidCount(world)
    const statuses = await checkoutAll(shop, newKeys())
    expect(statuses).toEqual(statuses.map(() => 202))
    const begun = sql`select id from order_intakes where attempts > 0 limit 1`
    await eventually('a placement', async () => (await world.query(begun)).length > 0)
    await shop.kill('worker')
    await shop.start('worker')
    await settled()
    expect(await paidCount(world)).toBe(paidBefore + buyers)
  })

  test('of the worker, before it has placed any: nothing is lost', async () => {
    const paidBefore = await paidCount(world)
    await shop.kill('worker')
    await checkoutAll(shop, newKeys())
    expect(await paidCount(world)).toBe(paidBefore)
    await shop.start('worker')
    await settled()
    expect(await paidCount(world)).toBe(paidBefore + buyers)
  })

  test('of the server and the worker: a repeat has one order', async () => {
    const paidBefore = await paidCount(world)
    const keys = newKeys()
    await killInCrowd(shop, keys, 'server', 'worker')
    await shop.start('server')
    await shop.start('worker')
    const again = await checkoutAll(shop, keys)
    expect(again).toEqual(keys.map(() => 202))
    await settled()
    expect(await paidCount(world)).toBe(paidBefore + buyers)
  })
})
