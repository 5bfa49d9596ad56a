import { describe, expect, test } from 'bun:test'
import { barrier } from '../testing/barrier.ts'
import { describeLive, withWorld } from '../testing/fixtures.ts'
import { balance, newKey, outcomeOf } from '../testing/shopping.ts'
import { chargeBalance, readUser } from './users.ts'

const world = withWorld('balance', { isAudited: true })

const five = Array.from({ length: 5 })

const charge = (amountMinor = 500, key = newKey()) =>
  outcomeOf(chargeBalance(world.ctx('after'), '1', amountMinor, key))

const money = async () => (await readUser(world.ctx('after'), '1')).balanceMinor

/** Exactly one did it, and the others were refused with the reason. */
function expectOneWinner(outcomes: unknown[]) {
  const refused = outcomes.filter((outcome) => outcome === 'balance-conflict')
  expect(refused).toHaveLength(outcomes.length - 1)
}

describeLive('a balance', ['TEST_DATABASE_URL'], () => {
  test('of five charges that rest on one reading one wins, the rest are refused', async () => {
    const meeting = barrier(five.length)
    world.script.on('begin', () => meeting.arrive())
    expectOneWinner(await Promise.all(five.map(() => charge())))
    expect(await money()).toBe(1_000_500)
  })

  test('takes the next charge once the first is through', async () => {
    expect([await charge(), await charge(), await money()]).toMatchObject([
      { balanceMinor: 1_000_500 },
      { balanceMinor: 1_001_000 },
      1_001_000,
    ])
  })

  test('is charged once by one key, whatever was charged between', async () => {
    const key = newKey()
    await charge(500, key)
    await charge(100)
    expect(await charge(500, key)).toMatchObject({ balanceMinor: 1_000_600 })
  })

  const shapes = ['one-big', 'per-item', 'sorted', 'single-statement', 'batched', 'split']
  describe.each(shapes)('in shape %s', (shape) => {
    const design = `after,transaction=${shape}`

    test('pays one of five orders that are paid at once', async () => {
      const orders: string[] = []
      for (const _ of five) orders.push((await world.place(design, ['1x1'])).id)
      world.script.meet('payment.quoted', five.length)
      const paying = orders.map((id) => world.pay(design, id, balance))
      expectOneWinner(await Promise.all(paying.map(outcomeOf)))
      expect((await world.orderStates()).toSorted()).toEqual([
        'paid',
        ...Array.from({ length: 4 }, () => 'pending'),
      ])
    })

    test('pays one of five orders that are bought at once, the rest are undone', async () => {
      world.script.meet('order.quoted', five.length)
      const buying = five.map(() => world.place(design, ['1x1'], { payment: balance }))
      expectOneWinner(await Promise.all(buying.map(outcomeOf)))
      const kept = (await world.orderStates()).filter((state) => state !== 'cancelled undone')
      expect(kept).toEqual(['paid'])
    })

    test('that is too low is called too low, even where it has changed', async () => {
      world.script.on('order.quoted', async (pass) => void (pass === 1 && (await charge(1))))
      const everything = Array.from({ length: 10 }, (_, index) => `100x${index + 1}`)
      const bought = world.place(design, everything, { payment: balance })
      expect(await outcomeOf(bought)).toBe('insufficient-balance')
    })
  })
})
