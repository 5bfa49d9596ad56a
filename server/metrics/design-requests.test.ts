import { afterAll, expect, spyOn, test } from 'bun:test'
import { appForTest, jsonRequest, tokenForTest, withToken } from '../testing/app-for-test.ts'

const logged = spyOn(console, 'error').mockImplementation(() => {})
afterAll(() => logged.mockRestore())

type Shop = ReturnType<typeof appForTest>
const requests = 'stampede_design_requests_total'
const ends = 'stampede_design_split_requests_total'
const times = 'stampede_design_split_request_duration_seconds_count'

async function readingOf({ registry }: Shop, name: string, labels: Record<string, string>) {
  const wanted = Object.entries(labels).map(([key, value]) => `${key}="${value}"`)
  const found = (await registry.metrics())
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`))
    .find((line) => wanted.every((label) => line.includes(label)))
  return found === undefined ? undefined : Number(found.split(' ').at(-1))
}

test('every option is there at 0, and both sides of every axis', async () => {
  const shop = appForTest()
  for (const option of ['database', 'indexed', 'cached']) {
    expect(await readingOf(shop, requests, { axis: 'reads', option })).toBe(0)
  }
  expect(await readingOf(shop, requests, { axis: 'ids.orders', option: 'ticket-server' })).toBe(0)
  for (const side of ['option', 'to']) {
    const labels = { axis: 'reads', side }
    expect(await readingOf(shop, ends, { ...labels, outcome: 'failed' })).toBe(0)
    expect(await readingOf(shop, times, { ...labels, class: 'pay' })).toBe(0)
  }
})

test('a customer’s request counts once for the option that it had, as it ended', async () => {
  const shop = appForTest({ token: tokenForTest })
  const flag = { option: 'cached', to: 'database', percent: 50, reason: 'x', by: 'kim', epoch: 0 }
  await shop.app.request('/designs/reads', jsonRequest('PUT', flag, withToken))
  const had = { cached: 0, database: 0 }
  for (let id = 1; id <= 20; id += 1) {
    await shop.app.request(`/api/v1/carts/${id}`)
    had[shop.flags.mix.designFor(String(id)).options.reads as 'cached' | 'database'] += 1
  }
  for (const [option, side] of [
    ['cached', 'option'],
    ['database', 'to'],
  ] as const) {
    const count = had[option]
    expect(await readingOf(shop, requests, { axis: 'reads', option })).toBe(count)
    // Nothing is behind the routes of this test, so that each fails.
    const of = (axis: string, outcome: string) => readingOf(shop, ends, { axis, side, outcome })
    expect([await of('reads', 'failed'), await of('reads', 'ok')]).toEqual([count, 0])
    expect(await of('stock', 'failed')).toBe(0)
  }
  expect(had.database).toBeGreaterThan(0)
})

test('a request that asks for a design itself is on no side', async () => {
  const shop = appForTest({ token: tokenForTest })
  const flag = { option: 'cached', to: 'database', percent: 50, reason: 'x', by: 'kim', epoch: 0 }
  await shop.app.request('/designs/reads', jsonRequest('PUT', flag, withToken))
  await shop.app.request('/api/v1/carts/1', { headers: { 'x-design': 'reads=database' } })
  expect(await readingOf(shop, requests, { axis: 'reads', option: 'database' })).toBe(1)
  expect(await readingOf(shop, ends, { axis: 'reads', side: 'to', outcome: 'failed' })).toBe(0)
})

test('what is no request of a customer is not counted', async () => {
  const shop = appForTest({ token: tokenForTest })
  for (const path of ['/designs', '/healthz', '/readyz', '/no-such-route']) {
    await shop.app.request(path)
  }
  const text = await shop.registry.metrics()
  const counts = text.split('\n').filter((line) => line.startsWith(`${requests}{`))
  expect(counts.length).toBeGreaterThan(50)
  expect(counts.filter((line) => !line.endsWith(' 0'))).toEqual([])
})

test('what a client is refused for is neither a failure of the shop nor its success', async () => {
  const shop = appForTest({ token: tokenForTest })
  const flag = { option: 'cached', to: 'database', percent: 0, reason: 'x', by: 'kim', epoch: 0 }
  await shop.app.request('/designs/reads', jsonRequest('PUT', flag, withToken))
  const none = jsonRequest('POST', { userId: '1', fromCart: true }, { 'idempotency-key': 'a b' })
  expect((await shop.app.request('/api/v1/orders', none)).status).toBe(400)
  const labels = { axis: 'reads', side: 'option' }
  expect(await readingOf(shop, ends, { ...labels, outcome: 'refused' })).toBe(1)
  expect(await readingOf(shop, times, { ...labels, class: 'order' })).toBe(1)
})
