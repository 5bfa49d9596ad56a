import { expect, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import { connect } from '../../../db/connections.ts'
import { defaultLimits } from '../../../db/pool.ts'
import type { PlaceOrder } from '../../../flows/place-order.ts'
import { describeLive, withWorld } from '../../../testing/fixtures.ts'
import { card, newKey, outcomeOf } from '../../../testing/shopping.ts'
import { parseDesign } from '../../design.ts'
import type { FlowCtx } from '../../flow-ctx.ts'
import { OpenedOptions } from '../../opened-options.ts'
import { BatchedTransaction } from './batched.ts'

const design = 'after,transaction=batched'

const world = withWorld('batched', { isBehindProxy: true, isAudited: true })

interface OrderRequest extends Partial<Omit<PlaceOrder, 'items'>> {
  items: string[]
  ctx?: FlowCtx
}

const place = ({ items, ctx = world.ctx(design), ...changed }: OrderRequest) =>
  world.place(ctx, items, changed)

/** True where it is placed, else the code of the Problem. */
const placed = (request: OrderRequest) => outcomeOf(place(request).then(() => true))

/** Orders that have read their prices before the first of them goes on: one batch. */
async function together(requests: OrderRequest[]): Promise<unknown[]> {
  world.script.meet('order.quoted', requests.length)
  const outcomes = await Promise.all(requests.map(placed))
  world.script.clear()
  return outcomes
}

const expectPlaced = async (requests: OrderRequest[]) =>
  expect(await together(requests)).toEqual(requests.map(() => true))

const times = (count: number, request: OrderRequest) => Array.from({ length: count }, () => request)

const batcherOf = (options: OpenedOptions) => options.option('transaction', 'batched')

/** What `run` adds to the counts of the batches. */
async function counting(run: () => Promise<unknown>, { counts } = batcherOf(world.options)) {
  const before = { ...counts }
  await run()
  return {
    batches: counts.batches - before.batches,
    flows: counts.flows - before.flows,
    undone: counts.undone - before.undone,
  }
}

/** A process that batches otherwise. */
function withBatches(batched: BatchedTransaction): FlowCtx {
  const options = new OpenedOptions(world.services)
  options.provide('transaction', 'batched', batched)
  return options.ctx(parseDesign(design), 'test')
}

const stockAt = (optionId: string) => world.stockOf(optionId)

describeLive('batched', ['TEST_DATABASE_URL'], () => {
  test('orders that come at once are one transaction, each with its own items', async () => {
    const requests = Array.from({ length: 10 }, (_, index) => ({
      items: [`1x${1 + (index % 3)}`, `2x${4 + (index % 2)}`, '1x12'],
      userId: String(1 + index),
    }))
    const counts = await counting(() => expectPlaced(requests))
    expect(counts).toEqual({ batches: 1, flows: 10, undone: 0 })
    const left = await Promise.all(['1', '2', '3', '4', '5', '12', '15'].map(stockAt))
    expect(left).toEqual([96, 97, 97, 90, 90, 90, 90])
    const [items] = await world.query<{ orders: string; lines: string }>(
      sql`select count(distinct order_id) as orders, count(*) as \`lines\` from order_items`,
    )
    expect([Number(items?.orders), Number(items?.lines)]).toEqual([10, 40])
  })

  test('more than a batch holds are two batches, and no order is lost', async () => {
    const requests = Array.from({ length: 150 }, (_, index) => ({
      items: [`1x${1 + (index % 10)}`, `1x${1 + ((index + 3) % 10)}`],
    }))
    const counts = await counting(() => expectPlaced(requests))
    expect(counts).toEqual({ batches: 2, flows: 150, undone: 0 })
    expect(await stockAt('1')).toBe(70)
  })

  test.each([[['2x3', '1x1']], [['2x3', '1x1', '1x12']]])(
    'where stock runs short, who fits has %p, and the rest leave nothing',
    async (items) => {
      await world.setStock('3', 5)
      await world.setStock('15', 1)
      const counts = await counting(async () =>
        expect((await together(times(4, { items }))).toSorted()).toEqual([
          ...['sold-out', 'sold-out'],
          ...[true, true],
        ]),
      )
      expect(counts).toEqual({ batches: 1, flows: 4, undone: 0 })
      expect(await Promise.all(['3', '1'].map(stockAt))).toEqual([1, 98])
      expect(await world.orderStates()).toEqual(['pending', 'pending'])
    },
  )

  test('a quota that ends within a batch is kept, and its refusals leave nothing', async () => {
    const requests = Array.from({ length: 8 }, (_, index) => ({
      items: ['3x13', '1x1', '1x12'],
      userId: String(index + 1),
    }))
    const counts = await counting(async () =>
      expect((await together(requests)).filter((outcome) => outcome === true)).toHaveLength(4),
    )
    expect(counts).toEqual({ batches: 1, flows: 8, undone: 0 })
    expect(await Promise.all(['1', '12', '15', '13'].map(stockAt))).toEqual([96, 96, 96, 100])
    expect(await world.orderStates()).toHaveLength(4)
  })

  test('one that cannot be does not spoil the others', async () => {
    const [key, items] = [newKey(), ['1x1', '1x2']]
    await place({ items, idempotencyKey: key })
    const counts = await counting(async () => {
      world.script.meet('order.quoted', 3)
      const keys = [newKey(), key, newKey()]
      const works = keys.map((idempotencyKey) => place({ items, idempotencyKey }))
      const settled = await Promise.allSettled(works)
      expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    })
    expect(counts).toEqual({ batches: 1, flows: 3, undone: 1 })
    expect([await stockAt('1'), (await world.orderStates()).length]).toEqual([97, 3])
  })

  test('an order for a row that is held waits alone; the rest of the batch is served', async () => {
    const impatient = connect(world.databaseUrl, { ...defaultLimits, lockWaitTimeoutSeconds: 1 })
    const process = new OpenedOptions({ ...world.services, connections: impatient })
    const ctx = process.ctx(parseDesign(design), 'test')
    const held = Promise.withResolvers<void>()
    const holding = world.others.connections.transaction(async (db) => {
      await db.change(sql`update product_options set stock = stock where id = 1`)
      await held.promise
    })
    await world.isLocked('product_options', '1')
    world.script.meet('order.quoted', 3)
    const works = ['1x1', '1x2', '1x3'].map((item) => placed({ ctx, items: [item] }))
    expect(await Promise.all(works.slice(1))).toEqual([true, true])
    held.resolve()
    expect(await works[0]).toBe(true)
    await holding
    expect([batcherOf(process).counts, impatient.retries]).toEqual([
      { batches: 1, flows: 3, undone: 1 },
      {},
    ])
    await impatient.close()
  })

  test('a batch whose connection is lost is retried by each order alone', async () => {
    world.proxy.lose('START TRANSACTION', 'request')
    const counts = await counting(() => expectPlaced(times(3, { items: ['1x1'] })))
    expect(counts).toEqual({ batches: 1, flows: 3, undone: 1 })
    expect([await stockAt('1'), (await world.orderStates()).length]).toEqual([97, 3])
  })

  test('a batch that finds no database is refused, whenever that is noticed', async () => {
    const all = Promise.withResolvers<void>()
    world.script.on('order.quoted', (pass) => {
      if (pass === 3) world.proxy.cutOff(true)
      if (pass === 3) all.resolve()
      return all.promise
    })
    const works = times(3, { items: ['1x1'] }).map(placed)
    expect(await Promise.all(works)).toEqual(works.map(() => 'database-unavailable'))
    world.proxy.cutOff(false)
    expect(await stockAt('1')).toBe(100)
  })

  test.each(['request', 'answer'] as const)(
    'a commit whose %s is lost is reported to everyone as unknown, and is one for all',
    async (how) => {
      world.script.on('order.written', async (pass) => {
        if (pass === 3) world.proxy.lose('COMMIT', how)
      })
      const outcomes = await together(times(3, { items: ['1x1'] }))
      expect(outcomes).toEqual(outcomes.map(() => 'commit-unknown'))
      const count = how === 'answer' ? 3 : 0
      expect([await stockAt('1'), (await world.orderStates()).length]).toEqual([100 - count, count])
    },
  )

  test.each(['ticket-server', 'sequence-table'])(
    'batches of two processes and orders that pay at once never deadlock (ids=%s)',
    async (ids) => {
      const ctx = world.ctx(`${design},ids=${ids}`)
      const other = world.otherOptions.ctx(parseDesign(`${design},ids=${ids}`), 'test')
      const ctxs: FlowCtx[] = [ctx, other]
      const all = ['1x1', '1x2', '1x3', '1x4', '1x5', '1x12']
      const requests = Array.from({ length: 60 }, (_, index) => ({
        ctx: ctxs[index % 2] ?? ctx,
        items: index % 3 === 0 ? all : all.toReversed().toSpliced(index % 6, 2),
        userId: String(1 + (index % 20)),
        ...(index % 5 === 0 ? { payment: card } : {}),
      }))
      const others = batcherOf(world.otherOptions)
      const placeAll = async () =>
        expect(await Promise.all(requests.map(placed))).toEqual(requests.map(() => true))
      const counts = await counting(() => counting(placeAll, others))
      expect([counts.undone, counts.flows]).toEqual([0, 24])
      expect([world.services.connections.retries, world.others.connections.retries]).toEqual([
        {},
        {},
      ])
    },
  )

  test('an order that goes to the bank goes by itself', async () => {
    const counts = await counting(() => place({ items: ['1x1'], payment: card }))
    expect(counts).toEqual({ batches: 0, flows: 0, undone: 0 })
    expect(await world.orderStates()).toEqual(['paid'])
  })

  test('an order that comes when the queue is full is refused, and nothing is taken', async () => {
    const ctx = withBatches(new BatchedTransaction(world.services.connections, undefined, 2))
    const outcomes = await together(times(5, { ctx, items: ['1x1'] }))
    expect(outcomes.filter((outcome) => outcome === true)).toHaveLength(2)
    expect(outcomes.filter((outcome) => outcome === 'pool-exhausted')).toHaveLength(3)
    expect(await stockAt('1')).toBe(98)
  })

  test('an order that is in no batch in time is refused, and nothing is taken', async () => {
    const ctx = withBatches(new BatchedTransaction(world.services.connections, 400))
    const request = { ctx, items: ['1x1'] }
    const slow = await world.pauseAt('order.stock.taken', () => placed(request))
    // It waits in another lane for the row.
    const next = placed(request)
    await world.endsOrWaits(next)
    expect(await Promise.all([placed(request), placed(request)])).toEqual([
      'pool-exhausted',
      'pool-exhausted',
    ])
    expect([await slow.resume(), await next]).toEqual([true, true])
    expect(await stockAt('1')).toBe(98)
  })
})
