import { expect, test } from 'bun:test'
import { Registry } from 'prom-client'
import type { CachedReads } from '../designs/reads/cached/cached.ts'
import type { Reads } from '../designs/reads/reads.ts'
import { Problem } from '../errors.ts'
import { shadowMeter } from '../metrics/shadow.ts'
import { floorPairs } from '../shadow/record.ts'
import { readsAgain, Shadows } from '../shadow/shadows.ts'
import { appForTest, jsonRequest, tokenForTest, withToken } from '../testing/app-for-test.ts'
import { eventually } from '../testing/barrier.ts'

interface Shown {
  axis: string
  option: string
  floorPairs: number
  outcomes: Record<string, number>
  mismatches: { field: string; requests: number }[]
  last: { field: string; served: string; shadow: string; route: string }[]
}

const productOf = (id: string, priceMinor = 1500) =>
  JSON.stringify({ id, name: `Product ${id}`, options: [{ id, name: 'x', priceMinor, stock: 3 }] })

/** Reads that have products 1 to 99 and nothing else. */
const readsOf = (priceOf: (id: string) => number): Reads => ({
  products: async () => '{}',
  product: async (_ctx, id) => (Number(id) < 100 ? productOf(id, priceOf(id)) : undefined),
  popular: async () => '{}',
})

/** A shop whose `indexed` is seeded with a defect, and what its operator does. */
function shadowed(indexed: Reads) {
  const registry = new Registry()
  const shop = appForTest({
    ...{ token: tokenForTest, design: 'after,reads=database' },
    open(options) {
      const right = readsOf(() => 1500)
      options.provide('reads', 'database', right)
      options.provide('reads', 'indexed', indexed)
      options.provide('reads', 'cached', right as CachedReads)
    },
    shadows: (options) =>
      new Shadows({
        wayOf: () => readsAgain(options),
        isBusy: () => false,
        meter: shadowMeter(registry),
      }),
  })
  const ask = (path: string, init: RequestInit = {}) => shop.app.request(path, init)
  const put = (body: object) =>
    ask('/designs/reads', jsonRequest('PUT', { reason: 'a test', by: 'kim', ...body }, withToken))
  const shown = async () => {
    const response = await ask('/designs/shadow', { headers: withToken })
    return ((await response.json()) as { shadows: Shown[] }).shadows
  }
  const compared = async () => {
    const [one] = await shown()
    return Object.values(one?.outcomes ?? {}).reduce((sum, count) => sum + count, 0)
  }
  /** Requests one after another, each of which is compared before the next. */
  const browse = async (count: number) => {
    const before = await compared()
    for (let request = 1; request <= count; request += 1) {
      const response = await ask(`/api/v1/products/${1 + (request % 120)}`)
      await response.text()
      await eventually('it is compared', async () => (await compared()) === before + request)
    }
  }
  const metrics = async () => await registry.metrics()
  return { ...shop, ask, put, shown, browse, metrics }
}

const shadow = { option: 'indexed', percent: 100 }

test('a seeded defect of one product is found by its field within 1,000 requests', async () => {
  const { put, shown, browse, metrics } = shadowed(readsOf((id) => (id === '77' ? 1499 : 1500)))
  expect((await put({ option: 'database', shadow, epoch: 0 })).status).toBe(200)
  await browse(200)
  const [seen] = await shown()
  expect(seen).toMatchObject({ axis: 'reads', option: 'indexed', floorPairs })
  expect(seen?.mismatches).toEqual([{ field: 'options.priceMinor', requests: 2 }])
  expect(seen?.last[0]).toMatchObject({
    ...{ field: 'options.priceMinor', served: '1500', shadow: '1499', route: 'products.read' },
  })
  const text = await metrics()
  const series = 'stampede_shadow_mismatches_total{axis="reads",field="options.priceMinor"} 2'
  expect(text).toContain(series)
  expect(text).toContain('stampede_shadow_requests_total{axis="reads",outcome="mismatched"} 2')
}, 30_000)

test('an option that fails is found by the status; the customer has the old answer', async () => {
  const broken: Reads = {
    ...readsOf(() => 1500),
    product: async () => {
      throw new Problem('not-found')
    },
  }
  const { put, shown, browse, ask } = shadowed(broken)
  await put({ option: 'database', shadow, epoch: 0 })
  await browse(floorPairs + 5)
  const answer = await ask('/api/v1/products/1')
  expect([answer.status, await answer.text()]).toEqual([200, productOf('1')])
  const [seen] = await shown()
  expect(seen?.mismatches).toContainEqual({ field: 'status', requests: 5 })
})

test('right options agree, problems included, and none of it is in the answer', async () => {
  const { put, shown, browse, ask } = shadowed(readsOf(() => 1500))
  const plain = await ask('/api/v1/products/100')
  await put({ option: 'database', shadow, epoch: 0 })
  await browse(130)
  const [seen] = await shown()
  expect([seen?.outcomes.same, seen?.mismatches]).toEqual([130, []])
  const headersOf = ({ headers }: Response) =>
    [...headers.keys()].filter((name) => name !== 'x-request-id')
  expect(headersOf(await ask('/api/v1/products/100'))).toEqual(headersOf(plain))
})

test('only a share of the customers is compared, and no request with x-design', async () => {
  const { put, shown, ask } = shadowed(readsOf(() => 1500))
  await put({ option: 'database', shadow: { ...shadow, percent: 0 }, epoch: 0 })
  await ask('/api/v1/products/1')
  expect((await shown())[0]?.outcomes).toEqual({})
  await put({ option: 'database', shadow, epoch: 1 })
  await ask('/api/v1/products/1', { headers: { 'x-design': 'reads=database' } })
  expect((await shown())[0]?.outcomes).toEqual({})
})

test('a shadow ends with a change without one, and is in the history', async () => {
  const { put, shown, ask } = shadowed(readsOf(() => 1500))
  await put({ option: 'database', shadow, epoch: 0 })
  await put({ option: 'database', epoch: 1 })
  expect(await shown()).toEqual([])
  const history = await ask('/designs/history', { headers: withToken })
  const { changes } = (await history.json()) as { changes: { changed: object[] }[] }
  expect(changes[0]?.changed).toEqual([
    {
      axis: 'reads',
      from: { option: 'database', percent: 0, shadow },
      to: { option: 'database', percent: 0 },
    },
  ])
})
