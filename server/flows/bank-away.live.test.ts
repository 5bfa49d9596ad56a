import { expect, test } from 'bun:test'
import { describeLive, withWorld } from '../testing/fixtures.ts'
import { card, newKey, outcomeOf } from '../testing/shopping.ts'
import { payOrder } from './pay-order.ts'
import { placeOrder } from './place-order.ts'

describeLive('a bank that cannot be reached', ['TEST_DATABASE_URL', 'TEST_REDIS_URL'], () => {
  const world = withWorld('bank_away', { isAudited: true })

  test.each(['before', 'after'])('has charged nothing: a definite no, %s', async (design) => {
    world.bank.loses = (call) => (call === 'POST /v1/charges' ? 'refused' : undefined)
    const placed = world.place(design, ['1x2'], { payment: card })
    await expect(placed).rejects.toMatchObject({ code: 'bank-unavailable', definite: true })
    const { id } = await world.place(design, ['1x1'])
    const ctx = world.ctx(design)
    const request = { orderId: id, idempotencyKey: newKey(), ...card }
    expect(await outcomeOf(payOrder(ctx, request))).toBe('bank-unavailable')
    expect(await world.stockOf('1')).toBe(99)
    world.bank.loses = () => undefined
    expect(await payOrder(ctx, request)).toMatchObject({ status: 'captured' })
  })

  test('is known to be away before anything is taken', async () => {
    let taken = 0
    world.script.on('order.stock.taken', async () => {
      taken += 1
    })
    const bank = { ...world.services.bank, isAway: () => true }
    const ctx = world.ctx('after', { bank })
    const order = { userId: '1', idempotencyKey: newKey(), items: [{ optionId: '1', quantity: 1 }] }
    expect(await outcomeOf(placeOrder(ctx, { ...order, payment: card }))).toBe('bank-unavailable')
    expect(taken).toBe(0)
    const balanced = placeOrder(ctx, { ...order, payment: { method: 'balance' } })
    expect(await balanced).toMatchObject({ status: 'paid' })
  })
})
