import { beforeEach, expect, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import { describeLive, smallSeedProfile, withWorld } from '../../../testing/fixtures.ts'
import { balance, newKey, outcomeOf } from '../../../testing/shopping.ts'
import type { FlowCtx } from '../../flow-ctx.ts'

const design = 'after,transaction=batched'

const world = withWorld('batched_payments', { isBehindProxy: true, isAudited: true })

const newOrder = async (userId: string, items: string[] = ['1x1']) =>
  (await world.place(design, items, { userId })).id

/** True where it is paid, else the code of the Problem. */
const paid = (orderId: string, key = newKey()) =>
  outcomeOf(world.pay(design, orderId, balance, key).then(() => true))

/** An order that is paid at once: true where it is, else the code of the Problem. */
const bought = (userId: string, items: string[]) =>
  outcomeOf(world.place(design, items, { userId, payment: balance }).then(() => true))

/** Requests that have read all they need before the first of them goes on, and their batches. */
async function together(requests: (() => Promise<unknown>)[]) {
  const { counts } = world.options.option('transaction', 'batched')
  const { counters } = world.services.connections
  const [before, sent] = [{ ...counts }, { ...counters }]
  for (const point of ['payment.quoted', 'order.quoted'] as const) {
    world.script.meet(point, requests.length)
  }
  const outcomes = await Promise.all(requests.map((request) => request()))
  world.script.clear()
  const [batches, undone] = [counts.batches - before.batches, counts.undone - before.undone]
  const sql = [counters.statements - sent.statements, counters.roundTrips - sent.roundTrips]
  return { outcomes, batches, undone, sql }
}

const paymentsOf = async () => {
  const [row] = await world.query<{ payments: string; entries: string; events: string }>(sql`
    select (select count(*) from payments where status = 'captured') as payments,
           (select count(*) from balance_entries) as entries,
           (select count(*) from outbox) as events`)
  return [row?.payments, row?.entries, row?.events].map(Number)
}

const spentBy = async (userId: string) => {
  const [row] = await world.query<{ spent: string }>(sql`
    select initial_balance_minor - balance_minor as spent from users where id = ${userId}`)
  return Number(row?.spent)
}

/** As if the user had been seeded with so much. */
const setBalance = (userId: string, amountMinor: number) =>
  world.query(sql`update users set balance_minor = ${amountMinor},
      initial_balance_minor = ${amountMinor} where id = ${userId}`)

const users = Array.from({ length: 6 }, (_, index) => String(index + 1))

describeLive('payments in a batch', ['TEST_DATABASE_URL'], () => {
  beforeEach(() => setBalance('1', smallSeedProfile.balanceMinor))

  test('of orders that were placed are one transaction', async () => {
    const orders: string[] = []
    for (const userId of users) orders.push(await newOrder(userId, [`${userId}x1`, '1x2']))
    const all = await together(orders.map((id) => () => paid(id)))
    // One query for all, and one transaction.
    expect(all).toEqual({ outcomes: users.map(() => true), batches: 1, undone: 0, sql: [11, 3] })
    expect(await paymentsOf()).toEqual([6, 6, 6])
    const spent = await Promise.all(users.map(spentBy))
    expect(new Set(spent).size).toBe(6)
  })

  test('of orders that are bought at once are one transaction with them', async () => {
    const requests = users.map((userId) => () => bought(userId, [`${userId}x1`, '1x2']))
    const all = await together(requests)
    expect(all).toEqual({ outcomes: users.map(() => true), batches: 1, undone: 0, sql: [14, 4] })
    expect(await paymentsOf()).toEqual([6, 6, 6])
    expect([await world.stockOf('1'), await world.stockOf('2')]).toEqual([79, 94])
  })

  test('that are refused leave nothing, and the others are paid', async () => {
    const dear = await newOrder('1', ['2x5'])
    await setBalance('1', 1)
    const cancelled = await newOrder('2')
    await world.cancel(design, cancelled)
    const late = await newOrder('3')
    await world.query(sql`update orders set expires_at = '2001-01-01' where id = ${late}`)
    const [fourth, fifth] = [await newOrder('4'), await newOrder('5')]
    const orders = [fourth, dear, cancelled, late, fifth]
    const all = await together(orders.map((id) => () => paid(id)))
    expect(all).toMatchObject({
      outcomes: [
        ...[true, 'insufficient-balance'],
        ...['order-not-payable', 'order-not-payable', true],
      ],
      ...{ batches: 1, undone: 0 },
    })
    expect(await paymentsOf()).toEqual([2, 2, 2])
    await world.cancel(design, late)
  })

  test('of one customer are one after the other: the second finds its reading old', async () => {
    const orders = [await newOrder('1'), await newOrder('1', ['1x2']), await newOrder('2')]
    const all = await together(orders.map((id) => () => paid(id)))
    expect(all).toMatchObject({ batches: 2, undone: 0 })
    expect(all.outcomes.toSorted()).toEqual(['balance-conflict', true, true])
    expect(await paymentsOf()).toEqual([2, 2, 2])
  })

  test('of one order at once are one payment', async () => {
    const order = await newOrder('1')
    const { outcomes } = await together([() => paid(order), () => paid(order)])
    expect(outcomes.toSorted()).toEqual(['order-not-payable', true])
    expect(await paymentsOf()).toEqual([1, 1, 1])
  })

  test('free the stock of whom they refuse for the others of the batch', async () => {
    await world.setStock('3', 2)
    await setBalance('1', 1)
    const all = await together(['1', '2', '3', '4'].map((id) => () => bought(id, ['1x3'])))
    expect(all).toMatchObject({ batches: 1, undone: 0 })
    expect(all.outcomes.toSorted()).toEqual(['insufficient-balance', 'sold-out', true, true])
    expect([await world.stockOf('3'), await paymentsOf()]).toEqual([0, [2, 2, 2]])
  })

  test('whose commit has no answer are unknown to all, and are paid once', async () => {
    for (const how of ['request', 'answer'] as const) {
      const orders = [await newOrder('1'), await newOrder('2')]
      world.script.on('payment.settled', async () => world.proxy.lose('COMMIT', how))
      world.script.meet('payment.quoted', orders.length)
      const outcomes = await Promise.all(orders.map((id) => paid(id)))
      expect(outcomes).toEqual(['commit-unknown', 'commit-unknown'])
      world.script.clear()
    }
    expect(await paymentsOf()).toEqual([2, 2, 2])
  })

  test.each(['payment.claimed', 'payment.collected', 'payment.settled', 'effects.published'])(
    'leave nothing where the process dies at %s, and can be paid after',
    async (moment) => {
      const orders = [await newOrder('1'), await newOrder('2')]
      const dying = world.ctx(design, {})
      world.script.meet('payment.quoted', orders.length)
      const payIn = (ctx: FlowCtx) =>
        Promise.all(orders.map((id) => outcomeOf(world.pay(ctx, id, balance))))
      await world.killAt(moment, () => payIn(dying))
      expect(await paymentsOf()).toEqual([0, 0, 0])
      expect(await world.orderStates()).toEqual(['pending', 'pending'])
      expect(await payIn(world.ctx(design))).toMatchObject(orders.map((orderId) => ({ orderId })))
    },
  )
})
