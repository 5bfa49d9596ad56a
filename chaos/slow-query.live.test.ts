import { expect, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import { appForTest, jsonRequest, tokenForTest } from '../server/testing/app-for-test.ts'
import { eventually } from '../server/testing/barrier.ts'
import { describeLive, withWorld } from '../server/testing/fixtures.ts'
import { newKey, orderBody } from '../server/testing/shopping.ts'

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
})
