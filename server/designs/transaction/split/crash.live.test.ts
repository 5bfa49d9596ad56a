import { expect, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import { eventually } from '../../../testing/barrier.ts'
import {
  checkout,
  expectSoundShop,
  paidCount,
  passLeases,
  untilQuiescent,
  withSpawnedShop,
} from '../../../testing/crash-crowd.ts'
import { describeLive } from '../../../testing/fixtures.ts'
import { newKey } from '../../../testing/shopping.ts'

const buyers = 100
const testMs = 45_000

const { world, shop } = withSpawnedShop('crash_server')

/** Keys whose orders are paid. */
async function paidKeys(): Promise<Set<string>> {
  const rows = await world.query<{ name: string }>(sql`
    select idempotency_key as name from orders where status = 'paid'`)
  return new Set(rows.map(({ name }) => name))
}

describeLive('kill -9 of the API server', ['TEST_DATABASE_URL', 'TEST_REDIS_URL'], () => {
  test(
    'in the middle of a crowd: all is finished or undone, and asking again ends in one order each',
    async () => {
      const keys = Array.from({ length: buyers }, newKey)
      const crowd = keys.map((key, buyer) => checkout(shop, buyer, key))
      await eventually('some have paid', async () => (await paidCount(world)) >= 5, {
        deadlineMs: 20_000,
      })
      await shop.kill('server')
      const answers = await Promise.all(crowd)
      expect(answers.filter((status) => status === undefined).length).toBeGreaterThan(0)
      await shop.start('server')
      await passLeases(world)
      await untilQuiescent(world)
      await expectSoundShop(world, shop)
      const paid = await paidKeys()
      const confirmed = keys.filter((_, index) => answers[index] === 201)
      expect(confirmed.filter((key) => !paid.has(key))).toEqual([])

      const again = await Promise.all(keys.map((key, buyer) => checkout(shop, buyer, key)))
      expect(again.filter((status) => status !== 201)).toEqual([])
      await untilQuiescent(world)
      expect([await paidCount(world), (await paidKeys()).size]).toEqual([buyers, buyers])
      await expectSoundShop(world, shop)
    },
    testMs,
  )
})
