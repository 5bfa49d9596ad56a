import { describe, expect, test } from 'bun:test'
import { describeLive, withWorld } from '../../testing/fixtures.ts'
import { orderInCrowd } from '../../testing/order-crowd.ts'
import { recordsOf } from '../axes.ts'

const world = withWorld('stock_orders')

const options = Object.entries(recordsOf('stock'))
const bad = options.filter(([, { knownBad }]) => knownBad).map(([name]) => name)
const correct = options.filter(([, { knownBad }]) => !knownBad).map(([name]) => name)
const limitMs = 30_000

describeLive('orders in a crowd', ['TEST_DATABASE_URL', 'TEST_REDIS_URL'], () => {
  describe.each(correct)('stock=%s', (option) => {
    test(
      'the audit is clean after many orders of plenty',
      async () => {
        const { outcomes, findings } = await orderInCrowd(world, `stock=${option}`, { orders: 120 })
        expect(findings).toEqual([])
        expect(outcomes.paid).toBeGreaterThan(30)
        expect(outcomes.cancelled).toBeGreaterThan(10)
      },
      limitMs,
    )

    test(
      'the audit is clean when most orders find all sold',
      async () => {
        const crowd = { orders: 120, units: 15 }
        const { outcomes, findings } = await orderInCrowd(world, `stock=${option}`, crowd)
        expect(findings).toEqual([])
        expect(outcomes['sold-out']).toBeGreaterThan(40)
      },
      limitMs,
    )
  })

  test.each(bad)(
    'the audit finds that stock=%s loses count, every time',
    async (option) => {
      const { findings } = await orderInCrowd(world, `stock=${option}`, { orders: 120 })
      expect(findings.some((finding) => finding.startsWith('stock-conserved'))).toBe(true)
    },
    limitMs,
  )
})
