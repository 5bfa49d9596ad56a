import { describe, setDefaultTimeout, test } from 'bun:test'
import {
  clearQueue,
  expectSoundShop,
  killInCrowd,
  passLeases,
  untilQuiescent,
  withSpawnedShop,
} from '../../testing/crash-crowd.ts'
import { describeLive } from '../../testing/fixtures.ts'
import { newKey } from '../../testing/shopping.ts'

const buyers = 60
setDefaultTimeout(60_000)

describeLive('kill -9 among merged takes', ['TEST_DATABASE_URL', 'TEST_REDIS_URL'], () => {
  describe.each(['coalesced', 'redis-counter'])('stock=%s', (option) => {
    const { world, shop } = withSpawnedShop(`crash_stock_${option}`, `stock=${option}`)

    test('API server and worker die in a crowd: what is not sold is back', async () => {
      await killInCrowd(shop, Array.from({ length: buyers }, newKey), 'server', 'worker')
      await passLeases(world)
      await Promise.all([shop.start('server'), shop.start('worker')])
      await clearQueue(world.databaseUrl, 'timed')
      await untilQuiescent(world)
      await expectSoundShop(world, shop)
    })
  })
})
