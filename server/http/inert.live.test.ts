import { expect, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import { appForTest, jsonRequest, tokenForTest, withToken } from '../testing/app-for-test.ts'
import { badIds } from '../testing/bad-values.ts'
import { describeLive, withWorld } from '../testing/fixtures.ts'
import { operationsOf, pathOf } from '../testing/operations.ts'
import { newKey, orderBody } from '../testing/shopping.ts'

const injections = [
  "'; drop table orders; -- ",
  "x' or '1'='1",
  '1; update users set balance_minor = 0',
  "x'), ('y",
  '" or ""="',
  '\\',
  "\\'; select sleep(9); -- ",
  '`users`',
  '%s ? ?? :id $1 {0}',
  'null',
  '\u0000\u0008\u001a',
  '\ud800',
  '😀'.repeat(15),
  '<script>alert(1)</script>',
]

/** What a card token may be made of. */
const printable = /^[\x20-\x7e]+$/

describeLive('text from outside', ['TEST_DATABASE_URL'], () => {
  const world = withWorld('inert')
  const shop = () => appForTest({ token: tokenForTest, services: world.services })

  test('in bodies that are taken, is a value and nothing else', async () => {
    const { app } = shop()
    for (const cardToken of injections.filter((text) => printable.test(text))) {
      const body = orderBody(['1x1'], { payment: { method: 'card', cardToken } })
      const headers = { 'idempotency-key': newKey() }
      const response = await app.request('/api/v1/orders', jsonRequest('POST', body, headers))
      expect([cardToken, response.status]).toEqual([cardToken, 201])
    }
    expect(await world.audit()).toEqual([])
    const [users] = await world.query<{ money: string }>(sql`
      select sum(balance_minor) as money from users where balance_minor = 1000000`)
    expect(users?.money).toBe('20000000')
  })

  test('everywhere else, is refused and writes nothing', async () => {
    const { app } = shop()
    const before = await world.contents()
    // A page may be written with zeros before it.
    const ids = [...badIds.filter((text) => text !== '007'), ...injections]
    for (const operation of await operationsOf({ app })) {
      if (operation.path.startsWith('/chaos')) continue
      for (const bad of ids.filter((text) => text.isWellFormed())) {
        const values = Object.fromEntries(operation.parameters.map(({ name }) => [name, bad]))
        const body = { userId: bad, orderId: bad, optionId: bad, design: bad, amountMinor: bad }
        const headers = { ...withToken, 'idempotency-key': encodeURIComponent(bad) }
        const init = operation.hasBody ? jsonRequest(operation.method, body, headers) : { headers }
        const every = { page: bad, size: bad, from: bad, to: bad, limit: bad }
        const query = new URLSearchParams(every)
        const path = `${pathOf(operation, values)}?${query}`
        const response = await app.request(path, { ...init, method: operation.method })
        const takes = operation.parameters.some(({ in: where }) => where !== 'header')
        if (takes || operation.hasBody) {
          expect([operation.label, bad, response.status]).toEqual([operation.label, bad, 400])
        }
      }
    }
    expect(await world.contents()).toBe(before)
  })

  test('well-formed ids of nothing: 404, nothing written', async () => {
    const { app } = shop()
    const before = await world.contents()
    const values = { id: '999999999999999999', userId: '999999999999999999', itemId: '1' }
    for (const path of ['users', 'products', 'orders', 'payments']) {
      const response = await app.request(`/api/v1/${path}/${values.id}`)
      expect([path, response.status]).toEqual([path, 404])
    }
    const cancel = await app.request(`/api/v1/orders/${values.id}/cancel`, { method: 'POST' })
    expect(cancel.status).toBe(404)
    const item = { optionId: '1', quantity: 1 }
    const add = jsonRequest('POST', item)
    expect((await app.request(`/api/v1/carts/${values.userId}/items`, add)).status).toBe(404)
    const remove = await app.request('/api/v1/carts/1/items/1', { method: 'DELETE' })
    expect(remove.status).toBe(404)
    expect(await world.contents()).toBe(before)
  })
})
