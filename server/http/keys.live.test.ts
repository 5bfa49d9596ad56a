import { afterEach, describe, expect, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import { cancelOrderFlow } from '../flows/cancel-order.ts'
import { chargeBalance, readUser } from '../flows/users.ts'
import { appForTest } from '../testing/app-for-test.ts'
import { describeLive, withWorld } from '../testing/fixtures.ts'
import { keyedPost } from '../testing/keyed-post.ts'
import { badCard, balance, card, newKey, outcomeOf } from '../testing/shopping.ts'
import { keyPattern } from './once.ts'

const world = withWorld('keys')

const charges = () =>
  world.bank.ledger.list().map(({ status, amountMinor }) => [status, amountMinor])

/** Of a key the audit asks that it was used once; these tests use theirs again. */
const ofKeys = /^(one-charge-per-key|sagas-settled): 1 × .*\bkey key-/

describeLive('keys', ['TEST_DATABASE_URL'], () => {
  afterEach(async () => {
    expect((await world.audit()).filter((line) => !ofKeys.test(line))).toEqual([])
  })

  describe.each(['before', 'after'])('a key that is long forgotten, design %s', (design) => {
    test('pays for another order by a charge of its own', async () => {
      const key = newKey()
      const first = await world.place(design, ['1x1'])
      await world.pay(design, first.id, card, key)
      const same = await world.place(design, ['1x1'])
      expect(await outcomeOf(world.pay(design, same.id, badCard, key))).toBe('card-declined')
      const larger = await world.place(design, ['2x1'])
      await world.pay(design, larger.id, card, key)
      expect(await world.orderStates()).toEqual(['paid', 'cancelled declined', 'paid'])
      const { totalMinor } = first
      expect(charges()).toEqual([
        ['captured', totalMinor],
        ['declined', totalMinor],
        ['captured', 2 * totalMinor],
      ])
    })

    test('pays for another order from the balance', async () => {
      const key = newKey()
      for (const _ of [1, 2]) {
        const { id } = await world.place(design, ['1x1'])
        await world.pay(design, id, balance, key)
      }
      expect(await world.orderStates()).toEqual(['paid', 'paid'])
    })

    test('makes no second order', async () => {
      const idempotencyKey = newKey()
      await world.place(design, ['1x1'], { idempotencyKey, payment: card })
      const again = world.place(design, ['1x2'], { idempotencyKey, payment: card })
      expect(await outcomeOf(again)).toBe('idempotency-key-reused')
      expect([await world.orderStates(), charges().length]).toEqual([['paid'], 1])
    })
  })

  test('that was taken over is not answered with what it paid for long ago', async () => {
    const { app } = appForTest({ services: world.services })
    const key = newKey()
    const place = async () => (await world.place('after', ['1x1'])).id
    const pay = (orderId: string) => keyedPost(app, '/payments', { orderId, ...card }, key)
    const [first, second] = [await place(), await place()]
    expect(await pay(first)).toMatchObject({ status: 201 })
    await world.query(sql`delete from idempotency_keys`)
    await world.killAt('begin 1', () => pay(second))
    await world.query(sql`update idempotency_keys set locked_until = '2001-01-01'`)
    expect(await pay(second)).toMatchObject({ status: 201, body: { orderId: second } })
  })

  test('of a declined order may be used again with another card', async () => {
    const idempotencyKey = newKey()
    const buy = (payment: typeof card | typeof badCard) =>
      outcomeOf(world.place('after', ['1x1'], { idempotencyKey, payment }))
    expect([await buy(badCard), await buy(badCard)]).toEqual(['card-declined', 'card-declined'])
    expect(await buy(card)).toMatchObject({ status: 'paid' })
  })

  test('of a charge of a balance stands for a user and an amount', async () => {
    const key = newKey()
    const add = (user: string, amountMinor: number) =>
      outcomeOf(chargeBalance(world.ctx('after'), user, amountMinor, key))
    for (const user of ['1', '2', '1']) expect(await add(user, 500)).toMatchObject({ id: user })
    expect(await add('1', 700)).toBe('idempotency-key-reused')
    for (const user of ['1', '2'])
      expect(await readUser(world.ctx('after'), user)).toMatchObject({ balanceMinor: 1_000_500 })
  })

  test('of a client is none that the shop makes up', async () => {
    const { id } = await world.place('after', ['1x1'])
    const later = (by: number) => String(BigInt(id) + BigInt(by))
    await world.place('after', ['1x1'], { idempotencyKey: `undone-${later(2)}` })
    const refused = world.place('after', ['1x1'], { payment: badCard })
    expect(await outcomeOf(refused)).toBe('card-declined')
    expect(await world.orderStates()).toEqual(['pending', 'pending', 'cancelled undone'])
    const own = cancelOrderFlow({ orderId: id, reason: 'customer', userId: '1', lines: [] })
    expect(keyPattern.test(own.idempotencyKey)).toBe(false)
  })
})
