import { describe, expect, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import type { Product } from '../designs/reads/reads.ts'
import { describeLive, withWorld } from '../testing/fixtures.ts'
import { newKey, outcomeOf } from '../testing/shopping.ts'
import { listProducts, readProduct } from './browse.ts'
import { addToCart, listCart, orderLimits, removeFromCart } from './carts.ts'
import { chargeBalance, readUser } from './users.ts'

const world = withWorld('users_and_carts', { isAudited: true })

const ten = Array.from({ length: 10 })

describeLive('users, carts and products', ['TEST_DATABASE_URL'], () => {
  test('a balance charged ten times at once with one key is charged once', async () => {
    const key = newKey()
    const charges = ten.map(() => chargeBalance(world.ctx('after'), '1', 500, key))
    await Promise.all(charges)
    expect(await readUser(world.ctx('after'), '1')).toMatchObject({ balanceMinor: 1_000_500 })
  })

  test('a user who does not exist is not charged', async () => {
    const charge = chargeBalance(world.ctx('after'), '777', 500, newKey())
    expect(await outcomeOf(charge)).toBe('not-found')
    expect(await world.query(sql`select reference from balance_entries`)).toEqual([])
  })

  describe.each(['before', 'after'])('a cart in design %s', (design) => {
    test('adds up what ten requests put in at once, in one line', async () => {
      const ctx = world.ctx(design)
      await Promise.all(ten.map(() => addToCart(ctx, '1', '3', 2)))
      expect(await listCart(ctx, '1')).toMatchObject([{ optionId: '3', quantity: 20 }])
    })

    test('gives a line away once, and only to its owner', async () => {
      const ctx = world.ctx(design)
      const { id } = await addToCart(ctx, '1', '3', 2)
      const missing = { code: 'not-found', field: 'itemId' }
      await expect(removeFromCart(ctx, '2', id)).rejects.toMatchObject(missing)
      await removeFromCart(ctx, '1', id)
      await expect(removeFromCart(ctx, '1', id)).rejects.toMatchObject(missing)
      expect(await listCart(ctx, '1')).toEqual([])
    })

    test('holds what an order may have, and of more it keeps what it had', async () => {
      const ctx = world.ctx(design)
      await addToCart(ctx, '1', '3', orderLimits.pieces)
      const more = addToCart(ctx, '1', '3', 1)
      await expect(more).rejects.toMatchObject({ code: 'cart-full', field: 'quantity' })
      for (let line = 1; line < orderLimits.lines; line += 1) {
        await world.query(sql`insert into cart_items (id, user_id, option_id, quantity)
            values (${1_000_000 + line}, 1, ${1000 + line}, 1)`)
      }
      const other = addToCart(ctx, '1', '4', 1)
      await expect(other).rejects.toMatchObject({ code: 'cart-full', field: 'optionId' })
      const cart = await listCart(ctx, '1')
      const pieces = cart.find(({ optionId }) => String(optionId) === '3')?.quantity
      expect([cart.length, pieces]).toEqual([orderLimits.lines, orderLimits.pieces])
    })

    test.each([
      ['777', '3', 'userId'],
      ['1', '777', 'optionId'],
    ])('of user %s takes no option %s', async (userId, optionId, field) => {
      const added = addToCart(world.ctx(design), userId, optionId, 1)
      await expect(added).rejects.toMatchObject({ code: 'not-found', field })
    })
  })

  test('pages of products have every product once', async () => {
    const ctx = world.ctx('after')
    const read = (page: number) => listProducts(ctx, { page, size: 4 })
    const pages: { items: Product[]; total: number }[] = (
      await Promise.all([1, 2, 3, 4].map(read))
    ).map((text) => JSON.parse(text))
    const ids = pages.flatMap(({ items }) => items.map(({ id }) => id))
    expect(ids).toEqual(Array.from({ length: 10 }, (_, index) => String(index + 1)))
    expect(pages.map(({ total }) => total)).toEqual([10, 10, 10, 10])
    const [first] = pages[0]?.items ?? []
    expect(await readProduct(ctx, '1')).toBe(JSON.stringify(first))
  })
})
