import { beforeAll, expect, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import { listProducts } from '../../flows/browse.ts'
import { describeLive, withWorld } from '../../testing/fixtures.ts'
import type { Product } from '../reads/reads.ts'

const world = withWorld('derived')
/** Units below which an item is near its end. */
let margin: number

const line = { optionId: '3', quantity: 1 }

const context = () => world.ctx('stock=derived')
const setTotal = (units: number) =>
  world.query(sql`update product_options set stock = ${units} where id = ${line.optionId}`)
const lineCount = async () => {
  const [row] = await world.query<{ count: string }>(sql`
    select count(*) as count from stock_lines where option_id = ${line.optionId}`)
  return Number(row?.count)
}
const shown = async () => {
  const body = await listProducts(world.ctx('stock=derived,reads=indexed'), { page: 1, size: 20 })
  const { items } = JSON.parse(body) as { items: Product[] }
  return items.flatMap(({ options }) => options).find(({ id }) => id === line.optionId)?.stock
}

describeLive('stock=derived', ['TEST_DATABASE_URL'], () => {
  beforeAll(async () => {
    const [row] = await world.query<{ margin: string }>(sql`
      select (@@max_connections + 1) * 99 as margin`)
    margin = Number(row?.margin)
  })

  test('far from the end no order waits for another, and the row is not locked', async () => {
    await setTotal(margin + 1000)
    const ctx = context()
    await ctx.connections.transaction(async (db) => {
      expect(await ctx.design.stock.take(ctx, db, line)).toBe(true)
      expect(await world.isLocked('product_options', line.optionId)).toBe(false)
      const other = ctx.connections.transaction((db) => ctx.design.stock.take(ctx, db, line))
      expect(await world.endsOrWaits(other)).toBe('ends')
    })
    expect(await lineCount()).toBe(2)
    expect(await shown()).toBe(margin + 998)
  })

  test('near the end one waits for those who took while it was far', async () => {
    await setTotal(margin)
    const ctx = context()
    let second: Promise<boolean> | undefined
    await ctx.connections.transaction(async (db) => {
      expect(await ctx.design.stock.take(ctx, db, { ...line, quantity: 99 })).toBe(true)
      await setTotal(100)
      const rest = { ...line, quantity: 2 }
      second = ctx.connections.transaction((db) => ctx.design.stock.take(ctx, db, rest))
      expect(await world.endsOrWaits(second)).toBe('waits')
    })
    expect(await second).toBe(false)
    expect([await lineCount(), await shown()]).toEqual([1, 1])
  })

  test('who took while it was far and finds the end near is tried again, guarded', async () => {
    await setTotal(margin)
    const events: string[] = []
    const contended = (_option: string, event: string) => void events.push(event)
    const observer = { ...world.services.observer, contended }
    const ctx = world.ctx('stock=derived', { observer })
    let looks = 0
    const side: typeof ctx.side = {
      ...ctx.side,
      async use(work) {
        looks += 1
        // The item sells out between the first look and the second.
        if (looks === 2) await setTotal(1)
        return await ctx.side.use(work)
      },
    }
    const near = { ...ctx, side }
    const take = () => ctx.connections.transaction((db) => ctx.design.stock.take(near, db, line))
    expect([await take(), await take()]).toEqual([true, false])
    expect([events, await lineCount(), await shown()]).toEqual([['end-near'], 1, 0])
    expect(world.services.connections.retries).toEqual({ 'snapshot-conflict': 1 })
  })

  test('a transaction that comes twice for an item is guarded the second time', async () => {
    await setTotal(margin + 1000)
    const ctx = context()
    await ctx.connections.transaction(async (db) => {
      expect(await ctx.design.stock.take(ctx, db, line)).toBe(true)
      expect(await ctx.design.stock.take(ctx, db, line)).toBe(true)
      expect(await world.isLocked('product_options', line.optionId)).toBe(true)
    })
  })

  test('neighbours near their end do not deadlock', async () => {
    const ctx = context()
    const options = Array.from({ length: 16 }, (_, index) => String(1 + (index % 8)))
    for (let wave = 0; wave < 4; wave += 1) {
      const takes = options.map((optionId) =>
        ctx.connections.transaction((db) => ctx.design.stock.take(ctx, db, { ...line, optionId })),
      )
      expect((await Promise.all(takes)).filter(Boolean)).toHaveLength(16)
    }
    expect(world.services.connections.retries).toEqual({})
  })
})
