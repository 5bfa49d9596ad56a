import { beforeAll, describe, expect, test } from 'bun:test'
import { today } from '../db/seed.ts'
import { axes } from '../designs/axes.ts'
import { appForTest } from '../testing/app-for-test.ts'
import { describeLive, withWorld } from '../testing/fixtures.ts'
import { flawsOf } from '../testing/problems.ts'

const popular = (query: string) => `/api/v1/products/popular?${query}`

describe('a range of days', () => {
  const shop = appForTest()
  test.each([
    ['from=2026-02-30&to=2026-03-01', 'from'],
    ['from=2026-2-3&to=2026-03-01', 'from'],
    ['from=1969-12-31&to=1970-01-01', 'from'],
    ['to=2026-03-01', 'from'],
    ['from=2026-03-01', 'to'],
    ['from=2026-03-01&to=2026-13-01', 'to'],
    ['from=2026-03-01&to=tomorrow', 'to'],
    ['from=2026-03-02&to=2026-03-01', 'to'],
    ['from=2026-01-01&to=2026-04-03', 'to'],
    ['from=2026-03-01&to=2026-03-01&limit=0', 'limit'],
    ['from=2026-03-01&to=2026-03-01&limit=101', 'limit'],
  ])('%s is refused for %s', async (query, field) => {
    const response = await shop.app.request(popular(query))
    expect(await flawsOf(response, ['invalid-request'], field)).toEqual([])
    expect(shop.touched).toEqual([])
  })
})

describeLive('products over HTTP', ['TEST_DATABASE_URL', 'TEST_REDIS_URL'], () => {
  const world = withWorld('products_http')
  let shop: ReturnType<typeof appForTest>
  beforeAll(() => {
    shop = appForTest({ services: world.services })
  })

  const read = async (path: string, option: string) => {
    const response = await shop.app.request(path, { headers: { 'x-design': `reads=${option}` } })
    expect([path, response.status]).toEqual([path, 200])
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(response.headers.get('x-design')).toContain(`reads=${option}`)
    return await response.text()
  }

  test.each([
    '/api/v1/products',
    '/api/v1/products?page=2&size=3',
    '/api/v1/products?size=1000',
    '/api/v1/products/7',
    popular(`from=2026-01-01&to=2026-01-01`),
    popular(`from=${today()}&to=${today()}&limit=100`),
    popular('from=2025-11-01&to=2026-01-31'),
  ])('%s is the same text in every design', async (path) => {
    const options = Object.keys(axes.reads.options)
    const texts = await Promise.all(options.map((option) => read(path, option)))
    expect(new Set(texts).size).toBe(1)
    expect(JSON.parse(texts[0] ?? '')).toBeObject()
  })

  test('best sellers are counted under a name of their own', async () => {
    await read(popular(`from=${today()}&to=${today()}`), 'indexed')
    const metrics = await shop.registry.metrics()
    expect(metrics).toMatch(/http_requests_total\{route="products.popular",code="200"\} [1-9]/)
  })
})
