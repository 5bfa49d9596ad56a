import { describe, expect, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import { parseDesign } from '../designs/design.ts'
import { Problem } from '../errors.ts'
import { describeLive, withWorld } from '../testing/fixtures.ts'
import { badCard, card, lines, newKey, outcomeOf } from '../testing/shopping.ts'
import { createExpiry } from '../worker/expiry.ts'
import { addToCart, listCart, removeFromCart } from './carts.ts'
import type { PlaceOrder } from './place-order.ts'
import { readOrder } from './read-order.ts'

const world = withWorld('place_order', { isAudited: true })

const place = (changed: Partial<PlaceOrder> = {}, design = 'after') =>
  world.place(design, ['1x1', '1x2'], changed)

const makeDue = () => world.query(sql`update orders set expires_at = '2001-01-01'`)
const expire = () => createExpiry(world.otherOptions, () => parseDesign('after'))()

const cart = async () => {
  const items = await listCart(world.ctx('after'), '1')
  return items.map(({ quantity, optionId }) => `${quantity}x${optionId}`)
}

describeLive('place-order', ['TEST_DATABASE_URL'], () => {
  describe.each(['before', 'after', 'transaction=batched'])('design %s', (design) => {
    test('tells what reading the order tells', async () => {
      const ctx = world.ctx(design)
      const placed = await place({ payment: card }, design)
      expect(await readOrder(ctx, placed.id)).toEqual(placed)
      const unpaid = await place({}, design)
      expect(await readOrder(ctx, unpaid.id)).toEqual(unpaid)
    })

    test('empties the cart that became the order', async () => {
      const ctx = world.ctx(design)
      await addToCart(ctx, '1', '3', 2)
      await addToCart(ctx, '1', '1', 1)
      const order = await place({ items: undefined }, design)
      expect(order.items.map(({ optionId, quantity }) => [optionId, quantity])).toEqual([
        ['3', 2],
        ['1', 1],
      ])
      expect(await cart()).toEqual([])
      expect(await outcomeOf(place({ items: undefined }, design))).toBe('cart-empty')
    })

    test('leaves in the cart what was put in while it was ordered', async () => {
      const ctx = world.ctx(design)
      await addToCart(ctx, '1', '3', 2)
      await addToCart(ctx, '1', '1', 1)
      const ordering = await world.pauseAt('order.quoted', () =>
        place({ items: undefined }, design),
      )
      await addToCart(world.ctx(design), '1', '3', 4)
      const { items } = await ordering.resume()
      expect(items.map(({ quantity }) => quantity)).toEqual([2, 1])
      expect(await cart()).toEqual(['4x3'])
    })

    test('orders a cart once, under two keys at once', async () => {
      await addToCart(world.ctx(design), '1', '3', 2)
      world.script.meet('order.quoted', 2)
      const order = () => outcomeOf(place({ items: undefined }, design))
      const outcomes = await Promise.all([order(), order()])
      expect(outcomes.filter((outcome) => outcome === 'cart-changed')).toHaveLength(1)
      expect([await cart(), await world.stockOf('3')]).toEqual([[], 98])
    })

    test('orders nothing of a cart from which a line was taken meanwhile', async () => {
      const ctx = world.ctx(design)
      await addToCart(ctx, '1', '3', 2)
      const { id } = await addToCart(ctx, '1', '1', 1)
      world.script.on('order.quoted', () => removeFromCart(ctx, '1', id))
      expect(await outcomeOf(place({ items: undefined }, design))).toBe('cart-changed')
      expect([await cart(), await world.stockOf('3')]).toEqual([['2x3'], 100])
    })

    test('keeps the cart of a customer whose card is declined', async () => {
      const ctx = world.ctx(design)
      await addToCart(ctx, '1', '3', 2)
      await addToCart(ctx, '1', '1', 1)
      const refused = place({ items: undefined, payment: badCard }, design)
      expect(await outcomeOf(refused)).toBe('card-declined')
      expect(await cart()).toEqual(['2x3', '1x1'])
    })

    test('says who is not there', async () => {
      const items = lines('1x1', '1x777')
      await expect(place({ items }, design)).rejects.toMatchObject({ field: 'items.optionId' })
      await expect(place({ userId: '777' }, design)).rejects.toMatchObject({ field: 'userId' })
    })

    test('of one key, however often at once, makes one order', async () => {
      const idempotencyKey = newKey()
      const tries = Array.from({ length: 8 }, () => place({ idempotencyKey }, design))
      const placed = (await Promise.allSettled(tries)).filter(
        ({ status }) => status === 'fulfilled',
      )
      expect(placed).toHaveLength(1)
      expect(await world.recoverAll()).toBe(0)
      expect(await world.orderStates()).toEqual(['pending'])
    })
  })

  test('puts back into the cart beside what was added meanwhile', async () => {
    await addToCart(world.ctx('after'), '1', '3', 2)
    world.script.on('payment.collecting', async () => {
      await addToCart(world.ctx('after'), '1', '3', 5)
    })
    await outcomeOf(place({ items: undefined, payment: badCard }))
    expect(await cart()).toEqual(['7x3'])
  })

  describe('an order that is being paid at once', () => {
    test('is not cancelled by its expiry meanwhile', async () => {
      const slow = await world.pauseAt('begin 2', () => place({ payment: card }))
      await makeDue()
      await expire()
      await slow.resume()
      expect(await world.orderStates()).toEqual(['paid'])
    })

    test('gives its stock back once when its process died and it expires', async () => {
      await world.killAt('committed 1', () => place({ payment: card }))
      await makeDue()
      await expire()
      expect(await world.recoverAll()).toBe(0)
      await expire()
      expect(await world.stockOf('1')).toBe(100)
    })

    test('says that the bank was silent, even where that cannot be recorded', async () => {
      const { use } = world.services.connections
      world.bank.loses = (call) => (call === 'POST /v1/charges' ? 'lost' : undefined)
      world.script.on('payment.collected', async () => {
        world.services.connections.use = () => Promise.reject(new Problem('pool-exhausted'))
      })
      const outcome = await outcomeOf(place({ payment: card }))
      world.services.connections.use = use
      expect(['bank-unknown', 'in-recovery']).toContain(String(outcome))
      expect(await world.recoverAll()).toBe(0)
      expect(await world.orderStates()).toEqual(['paid'])
    })
  })

  describe('an order placed before', () => {
    test('is either paid or expired, never both', async () => {
      for (const where of ['begin 1', 'committed 1', 'payment.collected']) {
        await world.restock()
        const { id } = await place()
        const slow = await world.pauseAt(where, () => outcomeOf(world.pay('after', id, card)))
        await makeDue()
        const expiring = expire()
        if (where === 'begin 1') await expiring
        const outcome = await slow.resume()
        await expiring
        const isPaid = typeof outcome === 'object'
        expect(await world.orderStates()).toEqual([isPaid ? 'paid' : 'cancelled expired'])
        expect(isPaid).toBe(where !== 'begin 1')
        expect(await world.audit()).toEqual([])
      }
    })

    test('is answered as declined, even where it cannot be cancelled then', async () => {
      const meanwhile = [
        async () => {
          await makeDue()
          await expire()
        },
        () => Promise.reject(new Problem('pool-exhausted')),
      ]
      for (const act of meanwhile) {
        const { id } = await place()
        world.script.on('begin', async (pass) => {
          if (pass === 4) await act()
        })
        expect(await outcomeOf(world.pay('after', id, badCard))).toBe('card-declined')
        world.script.clear()
      }
      await makeDue()
      await expire()
      expect(await world.orderStates()).toEqual(['cancelled declined', 'cancelled declined'])
    })

    test('is marked as paid only while it is being paid', async () => {
      const { id } = await place()
      const setStatus = (status: string) =>
        world.query(sql`update orders set status = ${status} where id = ${id}`)
      world.script.on('payment.collected', async () => void (await setStatus('cancelled')))
      expect(await outcomeOf(world.pay('after', id, card))).toBe('in-recovery')
      expect(await world.orderStates()).toEqual(['cancelled'])
      await setStatus('paying')
      expect(await world.recoverAll()).toBe(0)
      expect(await world.orderStates()).toEqual(['paid'])
    })

    test('is cancelled once by two who cancel it at once, and not once it is paid', async () => {
      const { id } = await place()
      const cancel = () => outcomeOf(world.cancel('after', id))
      await Promise.all([cancel(), cancel(), cancel()])
      expect(await world.orderStates()).toEqual(['cancelled customer'])
      const paid = await place({ payment: card })
      expect(await outcomeOf(world.cancel('after', paid.id))).toBe('order-not-cancellable')
    })
  })
})
