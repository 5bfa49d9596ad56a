import { expect, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import { describeLive, withWorld } from '../testing/fixtures.ts'
import { CouponPoolFiller, readCouponPools } from './coupon-pool.ts'

const world = withWorld('coupon-pool', { isAudited: true })
const atFirst = 40

const lowWater = (productId: number, mark: number) =>
  world.query(sql`update coupon_products set low_water = ${mark} where id = ${productId}`)
const pools = () => readCouponPools(world.others.connections)
const filler = (perSecond: number) => new CouponPoolFiller(world.others.connections, perSecond)
/** A moment so many seconds after its start. */
const later = (seconds: number) => performance.now() + seconds * 1000

describeLive('the pool of coupon numbers', ['TEST_DATABASE_URL'], () => {
  test('is filled to twice its mark where fewer are free, and no other', async () => {
    await lowWater(1, 60)
    await lowWater(2, 30)
    const one = filler(1000)
    expect(await one.turn(later(1))).toBe(false)
    expect(await pools()).toEqual([
      { productId: '1', free: 120, lowWater: 60 },
      { productId: '2', free: atFirst, lowWater: 30 },
    ])
    expect(one.made).toBe(120 - atFirst)
    const [row] = await world.query<{ bad: string }>(sql`
      select count(*) as bad from coupon_numbers where not number regexp '^[0-9A-F]{16}$'`)
    expect(Number(row?.bad)).toBe(0)
  })

  test('is filled no faster than asked for, for all products together', async () => {
    await lowWater(1, 500)
    await lowWater(2, 500)
    const one = filler(100)
    const moment = later(1)
    await one.turn(moment)
    expect(one.made).toBe(100)
    await one.turn(moment)
    expect(one.made).toBe(100)
    const idle = filler(0)
    await idle.turn(later(1))
    expect(idle.made).toBe(0)
  })

  test('is left alone without a mark', async () => {
    await lowWater(1, 0)
    await lowWater(2, 0)
    await filler(1000).turn(later(1))
    expect(await pools()).toEqual([])
  })
})
