import { expect, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import { appForTest, jsonRequest } from '../testing/app-for-test.ts'
import { describeLive, withWorld } from '../testing/fixtures.ts'
import { flawsOf } from '../testing/problems.ts'
import { balance, newKey, orderBody } from '../testing/shopping.ts'

describeLive('a write whose answer is lost', ['TEST_DATABASE_URL', 'TEST_REDIS_URL'], () => {
  const world = withWorld('lost_writes', { isBehindProxy: true })
  const send = async (method: string, path: string, body: object = {}, design = 'after') =>
    appForTest({ services: world.services, design }).app.request(
      `/api/v1${path}`,
      jsonRequest(method, body, { 'idempotency-key': newKey() }),
    )
  const idOf = async (answer: Promise<Response>) => ((await (await answer).json()) as Id).id
  const paid = () => idOf(send('POST', '/orders', orderBody(['1x1'], { payment: balance })))
  const worker = { workerId: 'picker-1' }

  async function lostIn(statement: string, request: () => Promise<Response>) {
    world.proxy.lose(statement, 'answer')
    expect(await flawsOf(await request(), ['commit-unknown'], null)).toEqual([])
  }

  test.each([
    ['skip-locked', 'COMMIT'],
    ['random-lock', 'COMMIT'],
    ['chosen', 'update dispatches'],
    ['queue', 'update dispatches'],
  ])(
    'is not reported as one that did not happen: an order taken, dispatch=%s',
    async (option, end) => {
      await paid()
      await lostIn(end, () => send('POST', '/dispatches', worker, `after,dispatch=${option}`))
    },
  )

  test('nor is one claimed, or done, or a piece taken out of a cart', async () => {
    const order = await paid()
    const claimed = `/dispatches/${order}`
    await lostIn('update dispatches', () => send('POST', `${claimed}/claim`, worker))
    await lostIn('update dispatches', () => send('POST', `${claimed}/done`, worker))
    const [row] = await world.query(sql`select status from dispatches where order_id = ${order}`)
    expect(row).toEqual({ status: 'done' })
    const item = await idOf(send('POST', '/carts/1/items', { optionId: '1', quantity: 1 }))
    await lostIn('delete from cart_items', () => send('DELETE', `/carts/1/items/${item}`))
  })

  test('nor is what stands when its outcome cannot be read: an order cancelled', async () => {
    const order = await idOf(send('POST', '/orders', orderBody(['1x1'])))
    world.script.on('order.stock.returned', async () => world.proxy.lose('select', 'answer'))
    const answer = await send('POST', `/orders/${order}/cancel`, {}, 'before')
    expect([answer.status, await answer.json()]).toMatchObject([503, { definite: false }])
  })
})

interface Id {
  id: string
}
