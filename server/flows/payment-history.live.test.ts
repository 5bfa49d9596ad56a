import { expect, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import { axes } from '../designs/axes.ts'
import { presetNames } from '../designs/axis.ts'
import { describeLive, withWorld } from '../testing/fixtures.ts'
import { badCard, balance, card, outcomeOf } from '../testing/shopping.ts'

const world = withWorld('payment_history', { isAudited: true })

const shapes = Object.keys(axes.transaction.options)
const designs = [...presetNames, ...shapes.map((shape) => `after,transaction=${shape}`)]

/** What the payments of an order have come to, as a query that sorts by id shows it. */
const historyOf = async (orderId: string) => {
  const rows = await world.query<{ state: string }>(sql`
    select state from payment_history h join payments p on p.id = h.payment_id
    where p.order_id = ${orderId} order by h.id`)
  return rows.map(({ state }) => state)
}

const givenBy = async (sequence: string) => {
  const [row] = await world.query<{ value: string }>(
    sql`select value from sequences where name = ${sequence}`,
  )
  return Number(row?.value)
}

describeLive('history of payments', ['TEST_DATABASE_URL'], () => {
  test.each(designs)('%s: of orders that are paid later, and at once', async (design) => {
    for (const how of [balance, card]) {
      const { id } = await world.place(design, ['1x1', '1x2'])
      expect(await historyOf(id)).toEqual([])
      await world.pay(design, id, how)
      expect(await historyOf(id)).toEqual(['requested', 'approved'])
      const atOnce = await world.place(design, ['1x1'], { payment: how })
      expect(await historyOf(atOnce.id)).toEqual(['requested', 'approved'])
    }
  })

  test('a card that is declined: where its payment stays, its history does', async () => {
    const { id } = await world.place('after', ['1x1'])
    expect(await outcomeOf(world.pay('after', id, badCard))).toBe('card-declined')
    expect(await historyOf(id)).toEqual(['requested', 'declined'])
    const rolledBack = await world.place('before', ['1x1'])
    expect(await outcomeOf(world.pay('before', rolledBack.id, badCard))).toBe('card-declined')
    expect(await historyOf(rolledBack.id)).toEqual([])
  })

  test('a silent bank: requested until recovery has its answer', async () => {
    const { id } = await world.place('after', ['1x1'])
    world.bank.loses = () => 'lost'
    expect(await world.pay('after', id, card)).toMatchObject({ status: 'unknown' })
    expect(await historyOf(id)).toEqual(['requested'])
    world.bank.loses = () => undefined
    expect(await world.recoverAll()).toBe(0)
    expect(await historyOf(id)).toEqual(['requested', 'approved'])
  })

  test('costs a paid order two ids of a sequence of its own', async () => {
    await world.place('before', ['1x1'], { payment: balance })
    expect(await givenBy('payment_history')).toBe(2)
    expect([await givenBy('orders'), await givenBy('payments')]).toEqual([1, 1])
  })
})
