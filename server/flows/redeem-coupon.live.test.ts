import { expect, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import { describeLive, withWorld } from '../testing/fixtures.ts'
import { badCard, balance, card, newKey, outcomeOf } from '../testing/shopping.ts'
import { issueCoupons, readCoupon } from './coupons.ts'

const world = withWorld('redeem', { isAudited: true })

/** Numbers of coupons that were issued. */
async function coupons(quantity: number): Promise<string[]> {
  const request = { partnerId: 'partner-1', productId: '1', quantity, requestId: newKey() }
  const issued = await issueCoupons(world.ctx('after'), request)
  return issued.coupons.map(({ number }) => number)
}

const orderOf = async (number: string) => (await readCoupon(world.ctx('after'), number)).orderId

const shapes = ['one-big', 'per-item', 'sorted', 'split', 'single-statement', 'batched']

describeLive('a coupon', ['TEST_DATABASE_URL'], () => {
  test.each(shapes)(
    'is redeemed once, and given back on cancel (transaction=%s)',
    async (shape) => {
      const design = `after,transaction=${shape},stock=conditional-update`
      const [coupon = ''] = await coupons(1)
      const { id } = await world.place(design, ['1x1'], { coupon })
      expect(await orderOf(coupon)).toBe(id)
      expect(await outcomeOf(world.place(design, ['1x2'], { coupon }))).toBe('coupon-redeemed')
      expect([await world.stockOf('2'), await orderOf(coupon)]).toEqual([100, id])
      await world.cancel(design, id)
      expect(await orderOf(coupon)).toBeNull()
      const again = await world.place(design, ['1x2'], { coupon, payment: balance })
      expect(await orderOf(coupon)).toBe(again.id)
    },
  )

  test.each(shapes)('of orders at once, one has it (transaction=%s)', async (shape) => {
    const design = `after,transaction=${shape},stock=conditional-update`
    const [coupon = ''] = await coupons(1)
    const orders = Array.from({ length: 6 }, (_, index) =>
      outcomeOf(world.place(design, ['1x1'], { coupon, userId: String(index + 1) })),
    )
    const refused = (await Promise.all(orders)).filter((outcome) => outcome === 'coupon-redeemed')
    expect(refused).toHaveLength(5)
    expect(await world.stockOf('1')).toBe(99)
  })

  test.each(shapes)('comes back with an order that is undone (transaction=%s)', async (shape) => {
    const design = `after,transaction=${shape},stock=conditional-update`
    const [coupon = ''] = await coupons(1)
    const declined = world.place(design, ['1x1'], { coupon, payment: badCard })
    expect(await outcomeOf(declined)).toBe('card-declined')
    await world.recoverAll()
    expect(await orderOf(coupon)).toBeNull()
    expect((await world.place(design, ['1x1'], { coupon, payment: card })).status).toBe('paid')
  })

  test('that was never issued is not found, and nothing is ordered', async () => {
    const coupon = '0000000000000000'
    expect(await outcomeOf(world.place('after', ['1x1'], { coupon }))).toBe('not-found')
    expect(await world.query(sql`select 1 from coupon_redemptions`)).toEqual([])
    expect(await world.stockOf('1')).toBe(100)
  })
})
