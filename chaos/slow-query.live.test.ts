import { describe, expect, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import { noChaos, type Site } from '../server/ctx.ts'
import { recordsOf } from '../server/designs/axes.ts'
import { addToCart } from '../server/flows/carts.ts'
import { issueCoupons } from '../server/flows/coupons.ts'
import { takeOrder } from '../server/flows/dispatch-order.ts'
import { pointNames, pointsWithItems } from '../server/points.ts'
import { appForTest, jsonRequest, tokenForTest } from '../server/testing/app-for-test.ts'
import { eventually } from '../server/testing/barrier.ts'
import { describeLive, withWorld } from '../server/testing/fixtures.ts'
import { balance, card, newKey, orderBody } from '../server/testing/shopping.ts'
import { faults } from './faults.ts'

describeLive('slow-query', ['TEST_DATABASE_URL'], () => {
  const world = withWorld('slow-query')
  function shop(design: string) {
    const { chaos: _script, ...services } = world.services
    return appForTest({ token: tokenForTest, services, design })
  }

  const order = (app: ReturnType<typeof shop>['app'], optionId: string) => {
    const headers = { 'idempotency-key': newKey() }
    const body = orderBody([`1x${optionId}`])
    return app.request('/api/v1/orders', jsonRequest('POST', body, headers))
  }

  const sleeping = async () => {
    const rows = await world.query(sql`
      select id from information_schema.processlist
      where db = database() and info like '%/* chaos */ sleep%' and id <> connection_id()`)
    return rows.length > 0
  }

  test.each(['before', 'after'])(
    '%s: the database sleeps while the row is locked, until the fault is off',
    async (design) => {
      const { app, board } = shop(design)
      board.put('slow-query', { latencyMs: 10_000 })
      const slow = Promise.resolve(order(app, '3'))
      await eventually('a statement sleeps', sleeping)
      expect(await world.isLocked('product_options', '3')).toBe(true)
      expect(await world.isLocked('product_options', '4')).toBe(false)
      board.reset()
      expect((await slow).status).toBe(201)
      expect(await sleeping()).toBe(false)
      expect(await world.isLocked('product_options', '3')).toBe(false)
      expect(board.list().find(({ name }) => name === 'slow-query')?.injected).toBe(1)
    },
  )

  test('off, or aimed at another route, no statement sleeps', async () => {
    const { app, board } = shop('after')
    board.put('slow-query', { latencyMs: 10_000, target: { route: 'payments.create' } })
    expect((await order(app, '3')).status).toBe(201)
    expect(board.list().every(({ injected }) => injected === 0)).toBe(true)
  })

  test('the shop’s answers stay the same, only later', async () => {
    const { app, board } = shop('before')
    board.put('slow-query', { latencyMs: 2, probability: 0.5, target: { point: 'order.written' } })
    const statuses = await Promise.all(
      Array.from(
        { length: 12 },
        async (_, index) => (await order(app, `${1 + (index % 4)}`)).status,
      ),
    )
    expect(statuses).toEqual(Array(12).fill(201))
    expect(await world.audit()).toEqual([])
  })

  const shapes = Object.keys(recordsOf('transaction'))

  describe('each point that a fault can name bites, however an order is paid', () => {
    /** Designs with a queue of intakes, or that split a payment, alone pass there. */
    const ofSomeDesigns = ['intake.taken', 'intake.placed', 'payment.quoted']
    const aimed = Object.values(faults).flatMap(({ name, settings, atPoint }) =>
      pointNames
        .filter((point) => atPoint && atPoint.reaches?.(point) !== false)
        .filter((point) => !ofSomeDesigns.includes(point))
        .map((point) => ({ name, point, atPoint, aim: settings.parse({ target: { point } }) })),
    )
    const ways = shapes.flatMap((shape) =>
      [card, balance].flatMap((payment) =>
        ['at once', 'later'].map((when) => ({ shape, when, payment, method: payment.method })),
      ),
    )

    test.each(ways)('$shape, paid by $method $when', async ({ shape, when, payment }) => {
      const sites: Site[] = []
      const chaos = { ...noChaos, at: (site: Site) => void sites.push(site) }
      const ctx = world.ctx(`after,stock=conditional-update,transaction=${shape}`, { chaos })
      await addToCart(ctx, '1', '5', 1)
      const isLater = when === 'later'
      const { id } = await world.place(ctx, ['1x3', '1x4'], isLater ? {} : { payment })
      if (isLater) await world.pay(ctx, id, payment)
      await takeOrder(ctx, 'worker-1')
      const second = await world.place(ctx, ['1x3'])
      await world.cancel(ctx, second.id)
      const partners = world.ctx('after,coupons=candidates', { chaos })
      const asked = { partnerId: 'partner-1', productId: '1', quantity: 1, requestId: shape }
      await issueCoupons(partners, asked)
      const missed = aimed.filter(
        ({ atPoint, aim }) => !sites.some((site) => atPoint?.wants(aim, site)),
      )
      expect(aimed.length).toBeGreaterThan(7)
      expect(missed.map(({ name, point }) => `${name} at ${point}`)).toEqual([])
      const itemless = sites.filter(
        ({ point, items = [] }) => pointsWithItems.includes(point) && items.length === 0,
      )
      expect(itemless).toEqual([])
      expect(new Set(sites.map(({ design }) => design?.label.includes('ids=')))).toEqual(
        new Set([true]),
      )
    })
  })

  const statements: Record<string, number> = { 'single-statement': 1, batched: 1, split: 1 }
  test.each(shapes)('%s: it bites once a statement that takes stock', async (shape) => {
    const { app, board } = shop(`after,stock=conditional-update,transaction=${shape}`)
    board.put('slow-query', { latencyMs: 1 })
    const headers = { 'idempotency-key': newKey() }
    const body = orderBody(['1x3', '1x4', '1x5'])
    const { status } = await app.request('/api/v1/orders', jsonRequest('POST', body, headers))
    const { injected } = board.list().find(({ name }) => name === 'slow-query') ?? {}
    expect([status, injected]).toEqual([201, statements[shape] ?? 3])
  })
  test.each(shapes)('%s: aimed at an item and an option, it bites both alone', async (shape) => {
    const design = `after,stock=conditional-update,transaction=${shape}`
    const { app, board } = shop(design)
    const target = { item: '4', option: `transaction=${shape}` }
    board.put('slow-query', { latencyMs: 1, target })
    const injected = () => board.list().find(({ name }) => name === 'slow-query')?.injected
    expect([(await order(app, '3')).status, injected()]).toEqual([201, 0])
    expect([(await order(app, '4')).status, injected()]).toEqual([201, 1])
    const other = shapes.find((one) => one !== shape)
    board.put('slow-query', { latencyMs: 1, target: { option: `transaction=${other}` } })
    expect([(await order(app, '4')).status, injected()]).toEqual([201, 1])
  })
})
