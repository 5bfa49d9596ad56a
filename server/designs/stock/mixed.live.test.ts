import { expect, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import { describeLive, withWorld } from '../../testing/fixtures.ts'

const world = withWorld('stock_mixed')

const optionId = '3'
describeLive('stock that others take too', ['TEST_DATABASE_URL', 'TEST_REDIS_URL'], () => {
  test('stock=optimistic sells no unit that another option took since it looked', async () => {
    await world.query(sql`update product_options set stock = 1 where id = ${optionId}`)
    const { services } = world
    const other = world.ctx('stock=conditional-update')
    const takenBetween: typeof services.side.use = async (work) => {
      const seen = await services.side.use(work)
      await services.side.use((db) => other.design.stock.take(other, db, { optionId, quantity: 1 }))
      return seen
    }
    const ctx = world.ctx('stock=optimistic', { side: { ...services.side, use: takenBetween } })
    const isTaken = await services.connections.transaction((db) =>
      ctx.design.stock.take(ctx, db, { optionId, quantity: 1 }),
    )
    expect([isTaken, await world.stockOf(optionId)]).toEqual([false, 0])
  })

  test.each(['one-big', 'per-item', 'sorted', 'split'])(
    'stock=coalesced, transaction=%s: a gift of the option whose quota the order took',
    async (shape) => {
      await world.query(sql`update product_options set gift_option_id = 14 where id = 12`)
      const { items } = await world.place(`transaction=${shape},stock=coalesced`, ['1x14', '1x12'])
      expect(items.map(({ units }) => units)).toEqual([1, 1, 1])
      expect([await world.stockOf('12'), await world.stockOf('14')]).toEqual([99, 98])
      expect(world.services.side.retries['lock-wait-timeout'] ?? 0).toBe(0)
      await world.query(sql`update product_options set gift_option_id = 15 where id = 12`)
    },
    20_000,
  )
})
