import { describe, expect, test } from 'bun:test'
import { eventually } from '../../testing/barrier.ts'
import {
  checkout,
  clearQueue,
  expectSoundShop,
  paidCount,
  passLeases,
  untilQuiescent,
  withSpawnedShop,
} from '../../testing/crash-crowd.ts'
import { describeLive } from '../../testing/fixtures.ts'
import { newKey } from '../../testing/shopping.ts'

const buyers = 60
const testMs = 60_000

describeLive('kill -9 among merged takes', ['TEST_DATABASE_URL', 'TEST_REDIS_URL'], () => {
  describe.each(['coalesced', 'redis-counter'])('stock=%s', (option) => {
    const { world, shop } = withSpawnedShop(`crash_stock_${option}`, `stock=${option}`)

    test(
      'API server and worker die in a crowd: what is not sold is back',
      async () => {
        const crowd = Array.from({ length: buyers }, (_, buyer) => checkout(shop, buyer, newKey()))
        await eventually('some have paid', async () => (await paidCount(world)) >= 5, {
          deadlineMs: 20_000,
        })
        await Promise.all([shop.kill('server'), shop.kill('worker')])
        const answers = await Promise.all(crowd)
        expect(answers.filter((status) => status === undefined).length).toBeGreaterThan(0)
        await passLeases(world)
        await Promise.all([shop.start('server'), shop.start('worker')])
        await clearQueue(world.databaseUrl, 'timed')
        await untilQuiescent(world)
        await expectSoundShop(world, shop)
      },
      testMs,
    )
  })
})
