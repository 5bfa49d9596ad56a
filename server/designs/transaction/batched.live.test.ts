import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import type { Ctx } from '../../ctx.ts'
import { placeOrder } from '../../flows/place-order.ts'
import { describeLive, openWorld, type World } from '../../testing/fixtures.ts'
import { type LossyProxy, openLossyProxy } from '../../testing/lossy-proxy.ts'
import { card, lines, newKey, orderStates, outcomeOf, stockOf } from '../../testing/shopping.ts'
import { createLots } from './lots.ts'

const design = 'after,transaction=batched'

let world: World
let proxy: LossyProxy

interface Wish {
  items: string[]
  userId?: string
  idempotencyKey?: string
  ctx?: Ctx
  payment?: typeof card
}

const place = async ({ items, ctx = world.ctx(design), userId = '1', ...more }: Wish) =>
  await placeOrder(ctx, {
    ...{ userId, idempotencyKey: newKey(), items: lines(...items) },
    ...more,
  })

/** Orders that have read their prices before the first of them goes on: one lot. */
async function together(wishes: Wish[]): Promise<unknown[]> {
  world.script.meet('order.quoted', wishes.length)
  const outcomes = await Promise.all(
    wishes.map((wish) => outcomeOf(place(wish).then(({ id }) => Number(id) > 0))),
  )
  world.script.clear()
  return outcomes
}

/** What `run` adds to the counts of the lots. */
async function counting(run: () => Promise<unknown>) {
  const before = { ...world.parts.lots.counts }
  await run()
  const { lots, flows, undone } = world.parts.lots.counts
  return {
    lots: lots - before.lots,
    flows: flows - before.flows,
    undone: undone - before.undone,
  }
}

const setStock = (optionId: string, units: number) =>
  world.query(sql`update product_options set stock = ${units}, initial_stock = ${units}
                  where id = ${optionId}`)

describeLive('batched', ['TEST_DATABASE_URL'], () => {
  beforeAll(async () => {
    proxy = await openLossyProxy(Bun.env.TEST_DATABASE_URL ?? '')
    world = await openWorld('batched', { via: proxy.through })
  })
  afterAll(async () => {
    await world.close()
    proxy.stop()
  })
  beforeEach(() => world.restock())

  test('orders that come at once are one transaction, each with its own items', async () => {
    const wishes = Array.from({ length: 10 }, (_, index) => ({
      items: [`1x${1 + (index % 3)}`, `2x${4 + (index % 2)}`, '1x12'],
      userId: String(1 + index),
    }))
    const counts = await counting(async () =>
      expect(await together(wishes)).toEqual(wishes.map(() => true)),
    )
    expect(counts).toEqual({ lots: 1, flows: 10, undone: 0 })
    const left = await Promise.all(['1', '2', '3', '4', '5', '12', '15'].map(stockAt))
    expect(left).toEqual([96, 97, 97, 90, 90, 90, 90])
    const [items] = await world.query<{ orders: string; lines: string }>(
      sql`select count(distinct order_id) as orders, count(*) as \`lines\` from order_items`,
    )
    expect([Number(items?.orders), Number(items?.lines)]).toEqual([10, 40])
    expect(await world.audit()).toEqual([])
  })

  test('where stock runs short, who fits is served, and the rest leave nothing', async () => {
    await setStock('3', 5)
    const wishes = Array.from({ length: 4 }, () => ({ items: ['2x3', '1x1', '1x12'] }))
    await setStock('15', 1)
    const counts = await counting(async () =>
      expect((await together(wishes)).toSorted()).toEqual(['sold-out', 'sold-out', true, true]),
    )
    expect(counts).toEqual({ lots: 1, flows: 4, undone: 0 })
    expect(await Promise.all(['3', '1', '15'].map(stockAt))).toEqual([1, 98, 0])
    expect(await orderStates(world)).toEqual(['pending', 'pending'])
    expect(await world.audit()).toEqual([])
    await setStock('3', 100)
    await setStock('15', 100)
  })

  test('one that cannot be does not spoil the others', async () => {
    const key = newKey()
    const items = ['1x1', '1x2']
    await place({ items, idempotencyKey: key })
    const counts = await counting(async () => {
      world.script.meet('order.quoted', 3)
      const works = [newKey(), key, newKey()].map((idempotencyKey) =>
        place({ items, idempotencyKey }),
      )
      const settled = await Promise.allSettled(works)
      expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    })
    expect(counts).toEqual({ lots: 1, flows: 3, undone: 1 })
    expect([await stockAt('1'), (await orderStates(world)).length]).toEqual([97, 3])
    expect(await world.audit()).toEqual([])
  })

  test('a quota that ends within a lot is kept, and its refusals leave nothing', async () => {
    const wishes = Array.from({ length: 8 }, (_, index) => ({
      items: ['3x13', '1x1'],
      userId: String(index + 1),
    }))
    const outcomes = await together(wishes)
    expect(outcomes.filter((outcome) => outcome === true)).toHaveLength(4)
    expect(outcomes.filter((outcome) => outcome === 'sold-out')).toHaveLength(4)
    expect(await stockAt('1')).toBe(96)
    expect(await world.audit()).toEqual([])
  })

  test('a lot whose connection is lost is tried by each order alone', async () => {
    world.script.on('order.stock.taken', (pass, site) => (pass === 2 ? world.cut(site) : undefined))
    const wish = { items: ['1x1'] }
    const counts = await counting(async () =>
      expect(await together([wish, wish, wish])).toEqual([true, true, true]),
    )
    expect(counts).toEqual({ lots: 1, flows: 3, undone: 1 })
    expect([await stockAt('1'), (await orderStates(world)).length]).toEqual([97, 3])
    expect(await world.audit()).toEqual([])
  })

  test.each(['request', 'answer'] as const)(
    'a commit whose %s is lost is told to everyone as unknown, and is one for all',
    async (how) => {
      world.script.on('order.written', async (pass) => {
        if (pass === 3) proxy.lose('COMMIT', how)
      })
      world.script.meet('order.quoted', 3)
      const works = [1, 2, 3].map(() => outcomeOf(place({ items: ['1x1'] })))
      expect(await Promise.all(works)).toEqual(works.map(() => 'commit-unknown'))
      const placed = how === 'answer' ? 3 : 0
      expect(await orderStates(world)).toHaveLength(placed)
      expect(await stockAt('1')).toBe(100 - placed)
      expect(await world.audit()).toEqual([])
    },
  )

  test('lots of two processes with the same items never deadlock', async () => {
    const ctxs = [world.ctx(design), { ...world.ctx(design), ...world.others }]
    const all = ['1x1', '1x2', '1x3', '1x4', '1x14', '1x12']
    const orders = Array.from({ length: 60 }, (_, index) =>
      outcomeOf(
        place({
          ctx: ctxs[index % 2] as Ctx,
          items: index % 3 === 0 ? all : all.toReversed().toSpliced(index % 6, 2),
          userId: String(1 + (index % 20)),
        }).then(() => true),
      ),
    )
    const outcomes = await Promise.all(orders)
    expect(outcomes.filter((outcome) => outcome === 'lock-contention')).toEqual([])
    expect([world.parts.connections.retries, world.others.connections.retries]).toEqual([{}, {}])
    expect(await world.audit()).toEqual([])
  })

  test('an order that goes to the bank goes by itself', async () => {
    const counts = await counting(() => place({ items: ['1x1'], payment: card }))
    expect(counts).toEqual({ lots: 0, flows: 0, undone: 0 })
    expect(await orderStates(world)).toEqual(['paid'])
  })

  describe('with room for two', () => {
    test('whoever comes when the queue is full is refused, and nothing is taken', async () => {
      const { connections } = world.parts
      const narrow = { ...connections, limits: { ...connections.limits, queueLimit: 2 } }
      const ctx = { ...world.ctx(design), lots: createLots(narrow) }
      const wishes = Array.from({ length: 5 }, () => ({ ctx, items: ['1x1'] }))
      expect((await together(wishes)).toSorted()).toEqual([
        'pool-exhausted',
        'pool-exhausted',
        'pool-exhausted',
        true,
        true,
      ])
      expect([await stockAt('1'), await world.audit()]).toEqual([98, []])
    })
  })
})

const stockAt = (optionId: string) => stockOf(world, optionId)
