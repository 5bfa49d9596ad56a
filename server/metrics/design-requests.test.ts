import { afterAll, expect, spyOn, test } from 'bun:test'
import { Registry } from 'prom-client'
import { parseDesign } from '../designs/design.ts'
import { appForTest, jsonRequest, tokenForTest, withToken } from '../testing/app-for-test.ts'
import { designMeter } from './design-requests.ts'

const logged = spyOn(console, 'error').mockImplementation(() => {})
afterAll(() => logged.mockRestore())

type Shop = ReturnType<typeof appForTest>
const requests = 'stampede_design_requests_total'
const times = 'stampede_design_request_duration_seconds_count'

async function readingOf({ registry }: Shop, name: string, labels: Record<string, string>) {
  const wanted = Object.entries(labels).map(([key, value]) => `${key}="${value}"`)
  const found = (await registry.metrics())
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`))
    .find((line) => wanted.every((label) => line.includes(label)))
  return found === undefined ? undefined : Number(found.split(' ').at(-1))
}

test('every option of every axis is there at 0, times only of those that may be had', async () => {
  const shop = appForTest()
  for (const option of ['database', 'indexed', 'cached']) {
    for (const outcome of ['ok', 'refused', 'failed']) {
      expect(await readingOf(shop, requests, { axis: 'reads', option, outcome })).toBe(0)
    }
  }
  expect(await readingOf(shop, times, { axis: 'reads' })).toBeUndefined()
})

test('times are there at 0 once an option is expected', async () => {
  const registry = new Registry()
  designMeter(registry).expect([parseDesign('after')])
  const shop = { registry } as Shop
  expect(await readingOf(shop, times, { axis: 'reads', option: 'cached', class: 'pay' })).toBe(0)
  expect(await readingOf(shop, times, { axis: 'reads', option: 'database' })).toBeUndefined()
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
  for (const [option, count] of Object.entries(had)) {
    // Nothing is behind the routes of this test, so that each fails.
    expect(await readingOf(shop, requests, { axis: 'reads', option, outcome: 'failed' })).toBe(
      count,
    )
    expect(await readingOf(shop, requests, { axis: 'reads', option, outcome: 'ok' })).toBe(0)
  }
  expect(had.database).toBeGreaterThan(0)
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
  const shop = appForTest()
  const none = jsonRequest('POST', { userId: '1', fromCart: true }, { 'idempotency-key': 'a b' })
  expect((await shop.app.request('/api/v1/orders', none)).status).toBe(400)
  const labels = { axis: 'reads', option: 'cached' }
  expect(await readingOf(shop, requests, { ...labels, outcome: 'refused' })).toBe(1)
  expect(await readingOf(shop, times, { ...labels, class: 'order' })).toBe(1)
})
