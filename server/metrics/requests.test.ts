import { describe, expect, test } from 'bun:test'
import { Registry } from 'prom-client'
import { appForTest, textRequest, tokenForTest, withToken } from '../testing/app-for-test.ts'
import { requestMeter } from './requests.ts'

type Shop = ReturnType<typeof appForTest>

const textOf = async ({ app }: Shop) => await (await app.request('/metrics')).text()

/** Value of one series, by its name and labels as Prometheus writes them. */
async function seriesValue(shop: Shop, series: string): Promise<number> {
  const line = (await textOf(shop)).split('\n').find((text) => text.startsWith(`${series} `))
  return line === undefined ? 0 : Number(line.split(' ').at(-1))
}

const seriesOf = (text: string) => text.split('\n').filter((line) => /^[a-z]/.test(line)).length

describe('attempts and intents', () => {
  const attempts = 'stampede_client_attempts_total{route="designs.read"}'
  const intents = 'stampede_client_intents_total{route="designs.read"}'

  test('each try counts as an attempt, the first as an intent', async () => {
    const shop = appForTest()
    for (const attempt of ['1', '2', '3', '1']) {
      await shop.app.request('/designs', { headers: { 'x-attempt': attempt } })
    }
    expect(await seriesValue(shop, attempts)).toBe(4)
    expect(await seriesValue(shop, intents)).toBe(2)
  })

  test.each(['', '0', '-1', 'x', '1, 2', 'NaN', '{}'])('%p counts nothing', async (bad) => {
    const shop = appForTest()
    await shop.app.request('/designs')
    await shop.app.request('/designs', { headers: { 'x-attempt': bad } })
    expect(await seriesValue(shop, attempts)).toBe(0)
    expect(await seriesValue(shop, intents)).toBe(0)
  })

  test('tries that are refused before the handler count under their route', async () => {
    const shop = appForTest()
    const headers = { 'x-attempt': '1' }
    await shop.app.request('/api/v1/orders', textRequest('POST', '{', headers))
    await shop.app.request('/api/v1/orders', textRequest('POST', '{}', headers))
    const large = ' '.repeat(70_000)
    await shop.app.request('/api/v1/orders', textRequest('POST', large, headers))
    const route = 'route="orders.create"'
    expect(await seriesValue(shop, `stampede_client_attempts_total{${route}}`)).toBe(3)
    expect(await seriesValue(shop, `stampede_http_requests_total{${route},code="400"}`)).toBe(2)
    expect(await seriesValue(shop, `stampede_http_requests_total{${route},code="413"}`)).toBe(1)
  })
})

test('answers are counted by route and code, timed by route', async () => {
  const shop = appForTest()
  await shop.app.request('/designs')
  await shop.app.request('/designs', { headers: { 'x-design': 'nonsense' } })
  await shop.app.request('/nope')
  const requests = 'stampede_http_requests_total'
  expect(await seriesValue(shop, `${requests}{route="designs.read",code="200"}`)).toBe(1)
  expect(await seriesValue(shop, `${requests}{route="designs.read",code="400"}`)).toBe(1)
  expect(await seriesValue(shop, `${requests}{route="other",code="404"}`)).toBe(1)
  const seconds = 'stampede_http_request_duration_seconds'
  expect(await seriesValue(shop, `${seconds}_count{route="designs.read"}`)).toBe(2)
  expect(await seriesValue(shop, `${seconds}_bucket{route="designs.read",le="+Inf"}`)).toBe(2)
})

test('a value on a bound falls into its bucket, as Prometheus has it', async () => {
  const registry = new Registry()
  const record = requestMeter(registry).route('designs.read')
  for (const durationMs of [1, 1.1, 10_000, 10_001]) record(200, durationMs, 0)
  const text = await registry.metrics()
  const bucket = 'stampede_http_request_duration_seconds_bucket{route="designs.read"'
  expect(text).toContain(`${bucket},le="0.001"} 1`)
  expect(text).toContain(`${bucket},le="0.0025"} 2`)
  expect(text).toContain(`${bucket},le="10"} 3`)
  expect(text).toContain(`${bucket},le="+Inf"} 4`)
})

test('10,000 made-up requests add no series', async () => {
  const shop = appForTest({ token: tokenForTest })
  const methods = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'FOO']
  const made = (index: number) => {
    const word = `${index}-${(index * 7919).toString(36)}`
    const paths = [
      `/${word}`,
      `/api/v1/users/x${word}`,
      `/chaos/${word}`,
      `/docs/${word}`,
      '/healthz',
    ]
    const path = paths[index % paths.length] ?? '/'
    const headers = { ...withToken, 'x-design': word, 'x-attempt': word, 'x-request-id': word }
    const method = methods[Math.floor(index / paths.length) % methods.length] ?? 'GET'
    return shop.app.request(path, { method, headers: { ...headers, [`x-${word}`]: word } })
  }
  for (let index = 0; index < 500; index += 1) await made(index)
  const before = seriesOf(await textOf(shop))
  for (let index = 500; index < 10_500; index += 1) await made(index)
  const text = await textOf(shop)
  expect(seriesOf(text)).toBe(before)
  // Each fault has three.
  expect(before).toBeLessThan(2800)
  expect(text.length).toBeLessThan(1024 * 1024)
}, 60_000)
