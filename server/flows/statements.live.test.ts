import { expect, test } from 'bun:test'
import { axes } from '../designs/axes.ts'
import { presetNames } from '../designs/axis.ts'
import { appForTest } from '../testing/app-for-test.ts'
import { describeLive, withWorld } from '../testing/fixtures.ts'
import { keyedPost } from '../testing/keyed-post.ts'
import { balance, card, newKey, orderBody } from '../testing/shopping.ts'

const world = withWorld('statements', { isAudited: true })

const items = ['1x1', '1x2']

/** Statements, and how often an answer of the database was waited for. */
type Count = [statements: number, roundTrips: number]

type Requests = Record<string, Count>

/** A transaction before the bank is asked and one after it; without a bank there is one. */
const inTwoTransactions: Requests = {
  order: [8, 4],
  'payment by balance': [12, 4],
  'payment by card': [20, 6],
  'order and payment by balance': [14, 5],
  'order and payment by card': [22, 6],
  cancel: [10, 7],
}

/** All of it in one transaction, which waits for the bank. */
const inOneTransaction: Requests = {
  order: [9, 5],
  'payment by balance': [12, 4],
  'payment by card': [13, 5],
  'order and payment by balance': [15, 6],
  'order and payment by card': [16, 7],
  cancel: [10, 7],
}

/**
 * What each request sends to the database, its idempotency key included, of an order of two items.
 * A number that grows is paid by every order; one that falls is put right here.
 */
const expected: Record<string, Requests> = {
  before: {
    order: [17, 13],
    'payment by balance': [18, 10],
    'payment by card': [19, 11],
    'order and payment by balance': [29, 20],
    'order and payment by card': [30, 21],
    cancel: [10, 7],
  },
  after: inTwoTransactions,
  peak: inTwoTransactions,
  'after,transaction=one-big': inOneTransaction,
  'after,transaction=per-item': {
    order: [18, 8],
    'payment by balance': [12, 4],
    'payment by card': [20, 6],
    'order and payment by balance': [24, 8],
    'order and payment by card': [29, 9],
    cancel: [22, 11],
  },
  'after,transaction=sorted': inOneTransaction,
  'after,transaction=single-statement': {
    order: [8, 4],
    'payment by balance': [12, 4],
    'payment by card': [13, 5],
    'order and payment by balance': [14, 5],
    'order and payment by card': [15, 6],
    cancel: [10, 7],
  },
  'after,transaction=batched': inTwoTransactions,
  'after,transaction=split': inTwoTransactions,
}

const shapes = Object.keys(axes.transaction.options)
const designs = [...presetNames, ...shapes.map((shape) => `after,transaction=${shape}`)]

describeLive('statements of a request', ['TEST_DATABASE_URL'], () => {
  test.each(designs)('%s', async (design) => {
    const { app } = appForTest({ services: world.services, design })
    const { connections, side } = world.services
    const post = async (path: string, body: object) => {
      const [before, aside] = [{ ...connections.counters }, { ...side.counters }]
      const answer = await keyedPost(app, path, body, newKey())
      const { statements, roundTrips } = connections.counters
      const count: Count = [
        statements - before.statements + side.counters.statements - aside.statements,
        roundTrips - before.roundTrips + side.counters.roundTrips - aside.roundTrips,
      ]
      return { answer, count }
    }
    const order = async () => await post('/orders', orderBody(items))
    // What a design opens at its first use is not counted.
    await order()
    const [placed, other, third] = [await order(), await order(), await order()]
    const pay = async ({ answer }: typeof placed, how: object) =>
      (await post('/payments', { orderId: answer.body.id, ...how })).count
    const found = {
      order: placed.count,
      'payment by balance': await pay(placed, balance),
      'payment by card': await pay(other, card),
      'order and payment by balance': (
        await post('/orders', orderBody(items, { payment: balance }))
      ).count,
      'order and payment by card': (await post('/orders', orderBody(items, { payment: card })))
        .count,
      cancel: (await post(`/orders/${third.answer.body.id}/cancel`, {})).count,
    }
    expect(found).toEqual(expected[design] as typeof found)
  })
})
