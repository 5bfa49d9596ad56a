import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import { eventually } from '../../testing/barrier.ts'
import {
  checkoutAll,
  expectSoundShop,
  killInCrowd,
  paidCount,
  passLeases,
  untilQuiescent,
  withSpawnedShop,
} from '../../testing/crash-crowd.ts'
import { describeLive, type World } from '../../testing/fixtures.ts'
import { newKey } from '../../testing/shopping.ts'
import { presetNames } from '../axis.ts'

const buyers = 100
setDefaultTimeout(90_000)

/** Keys whose orders are paid. */
async function paidKeys(world: World): Promise<Set<string>> {
  const rows = await world.query<{ name: string }>(sql`
    select idempotency_key as name from orders where status = 'paid'`)
  return new Set(rows.map(({ name }) => name))
}

const services = ['TEST_DATABASE_URL', 'TEST_REDIS_URL'] as const

describe.each(presetNames.filter((name) => name !== 'before'))('with %s', (preset) => {
  describeLive('kill -9 of the API server', services, () => {
    const { world, shop } = withSpawnedShop(`crash_server_${preset}`, preset)

    test('in a crowd: all is finished or undone, asking again ends in one order each', async () => {
      const keys = Array.from({ length: buyers }, newKey)
      const answers = await killInCrowd(shop, keys, 'server')
      await shop.start('server')
      await passLeases(world)
      await untilQuiescent(world)
      await expectSoundShop(world, shop)
      const paid = await paidKeys(world)
      const confirmed = keys.filter((_, index) => answers[index] === 201)
      expect(confirmed.filter((key) => !paid.has(key))).toEqual([])

      const isAllOrdered = async () =>
        (await checkoutAll(shop, keys)).every((status) => status === 201)
      await eventually('all that ask again have their order', isAllOrdered, { deadlineMs: 40_000 })
      await untilQuiescent(world)
      expect([await paidCount(world), (await paidKeys(world)).size]).toEqual([buyers, buyers])
      await expectSoundShop(world, shop)
    })
  })
})
