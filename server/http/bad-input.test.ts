import { afterEach, expect, spyOn, test } from 'bun:test'
import {
  appForTest,
  jsonRequest,
  textRequest,
  tokenForTest,
  withToken,
} from '../testing/app-for-test.ts'
import { badIds, spoil } from '../testing/bad-values.ts'
import { type Operation, operationsOf, pathOf, queryOf } from '../testing/operations.ts'
import { flawsOf } from '../testing/problems.ts'

// Everything behind the routes is untouchable here: a request that is refused has reached nothing.
const shop = appForTest({ token: tokenForTest })
const operations = await operationsOf(shop)
const isShop = ({ path }: Operation) => !path.startsWith('/chaos')
const logged = spyOn(console, 'error')

afterEach(() => {
  expect(shop.touched).toEqual([])
  expect(logged).not.toHaveBeenCalled()
})

const order = { userId: '1', items: [{ optionId: '1', quantity: 2 }] }
const cards = { method: 'card', cardToken: 'card-ok' }

/** Bodies that each route takes; a new route with a body must be added, or the test fails. */
const bodies: Record<string, unknown[]> = {
  'PUT /designs': [{ design: 'before', reason: 'a test', by: 'kim', epoch: 0 }],
  'PUT /designs/{axis}': [
    {
      option: 'cached',
      to: 'database',
      percent: 5,
      seed: 7,
      reason: 'a test',
      by: 'kim',
      epoch: 0,
    },
    { option: 'cached', provoke: true, reason: 'a test', by: 'kim', epoch: 0 },
    {
      option: 'cached',
      shadow: { option: 'indexed', percent: 5, writes: 'shadow-tables' },
      reason: 'a test',
      by: 'kim',
      epoch: 0,
    },
  ],
  'POST /designs/rollback': [{ to: 1, reason: 'a test', by: 'kim', epoch: 2 }],
  'POST /api/v1/users/{id}/balance': [{ amountMinor: 5 }],
  'POST /api/v1/carts/{userId}/items': [{ optionId: '1', quantity: 2 }],
  'POST /api/v1/orders': [
    { ...order, payment: cards },
    { ...order, payment: { method: 'balance' } },
    { userId: '1', fromCart: true },
    { ...order, coupon: '0123456789ABCDEF' },
  ],
  'POST /api/v1/payments': [
    { orderId: '1', ...cards },
    { orderId: '1', method: 'balance' },
  ],
  'POST /api/v1/coupons': [
    { partner: 'partner-1', product: '1', quantity: 2, requestId: 'batch-7' },
  ],
  'POST /api/v1/dispatches': [{ workerId: 'picker-7' }],
  'POST /api/v1/dispatches/{orderId}/claim': [{ workerId: 'picker-7' }],
  'POST /api/v1/dispatches/{orderId}/done': [{ workerId: 'picker-7' }],
}
const withBody = operations.filter((operation) => operation.hasBody && isShop(operation))
const headers = { 'idempotency-key': 'k-1', ...withToken }
/** Fields that may be left out, wherever they stand. */
const optional = [
  'payment',
  'fromCart',
  'coupon',
  'to',
  'percent',
  'seed',
  'provoke',
  'shadow',
  'writes',
  'reason',
  'by',
  'epoch',
]
const refusals = ['invalid-request', 'unknown-design'] as const

async function send(
  operation: Operation,
  init: RequestInit,
  path = pathOf(operation) + queryOf(operation),
) {
  return await shop.app.request(path, { method: operation.method, ...init })
}

/** What the route takes, but for what a test spoils. */
function goodRequest({ label, method }: Operation): RequestInit {
  const body = bodies[label]?.[0]
  return body === undefined ? { headers: withToken } : jsonRequest(method, body, headers)
}

test('there is a good body for every route with a body', () => {
  expect(withBody.map(({ label }) => label).sort()).toEqual(Object.keys(bodies).sort())
})

test.each(withBody)('$label refuses every spoiled body, naming the field', async (operation) => {
  const flawed: unknown[] = []
  for (const good of bodies[operation.label] ?? []) {
    const spoiled = spoil(good, optional)
    expect(spoiled.length).toBeGreaterThan(10)
    for (const { what, path, value } of spoiled) {
      const response = await send(operation, jsonRequest(operation.method, value, headers))
      const flaws = await flawsOf(response, refusals, path)
      if (flaws.length > 0) flawed.push(what, ...flaws)
    }
  }
  expect(flawed).toEqual([])
})

test('an order with too many lines, an option twice, both items and cart, or neither', async () => {
  const [operation] = withBody.filter(({ label }) => label === 'POST /api/v1/orders')
  if (!operation) throw new Error('no such operation')
  const line = (index: number) => ({ optionId: String(index + 1), quantity: 1 })
  for (const body of [
    { userId: '1', items: Array.from({ length: 21 }, (_, index) => line(index)) },
    { userId: '1', items: [line(1), line(1)] },
    { ...order, fromCart: true },
    { userId: '1' },
    { ...order, items: [{ optionId: '1', quantity: 100 }] },
  ]) {
    const response = await send(operation, jsonRequest('POST', body, headers))
    expect(await flawsOf(response, ['invalid-request'], 'items')).toEqual([])
  }
})

const notJson = ['', '{', '{"a":}', '[', 'NaN', "{'a':1}", '\0', '['.repeat(30_000), '{"a":1}x']

test.each(withBody)('$label refuses what is not JSON', async (operation) => {
  for (const text of notJson) {
    const response = await send(operation, textRequest(operation.method, text, headers))
    expect(await flawsOf(response, ['invalid-request'], 'body')).toEqual([])
  }
})

const otherTypes = [
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'json',
]

test.each(withBody)('$label takes JSON only', async (operation) => {
  const text = JSON.stringify(bodies[operation.label]?.[0])
  for (const type of otherTypes) {
    const init = { headers: { ...headers, 'content-type': type }, body: text }
    const flaws = await flawsOf(await send(operation, init), ['unsupported-media-type'])
    expect(flaws).toEqual([])
  }
})

test.each(operations.filter(isShop))('$label refuses every bad parameter', async (operation) => {
  const init = goodRequest(operation)
  for (const { name, schema, ...parameter } of operation.parameters) {
    if (parameter.in === 'path' && schema.pattern) {
      for (const bad of badIds) {
        const response = await send(operation, init, pathOf(operation, { [name]: bad }))
        expect(await flawsOf(response, ['invalid-request'], name)).toEqual([])
      }
    }
    if (parameter.in !== 'query') continue
    for (const bad of [
      '0',
      '-1',
      '1.5',
      'x',
      'NaN',
      '1e9',
      '99999999999999999999',
      '',
      "1' or 1",
    ]) {
      const path = operation.path + queryOf(operation, { [name]: bad })
      expect(await flawsOf(await send(operation, init, path), refusals, name)).toEqual([])
    }
    const once = operation.path + queryOf(operation, { [name]: '1' })
    const twice = await send(operation, init, `${once}&${name}=2`)
    expect(await flawsOf(twice, refusals, name)).toEqual([])
  }
})

const keyed = withBody.filter(({ parameters }) =>
  parameters.some(({ name }) => name === 'idempotency-key'),
)
const badKeys = ['k'.repeat(81), 'a b', 'a, b', "k'", '"', '""', '"k', 'k"k', 'k;drop', 'é', '../k']

test.each(['', ' '.repeat(65), '\ud800', '\0', 'é', 'a\nb', '😀'])('card token %j', async (bad) => {
  const body = { orderId: '1', method: 'card', cardToken: bad }
  const response = await shop.app.request('/api/v1/payments', jsonRequest('POST', body, headers))
  expect(await flawsOf(response, ['invalid-request'], 'cardToken')).toEqual([])
})

test('three routes need an Idempotency-Key', () => {
  expect(keyed.map(({ label }) => label)).toEqual([
    'POST /api/v1/users/{id}/balance',
    'POST /api/v1/orders',
    'POST /api/v1/payments',
  ])
})

test.each(keyed)('$label refuses a bad Idempotency-Key', async (operation) => {
  const body = bodies[operation.label]?.[0]
  const missing = await send(operation, jsonRequest('POST', body))
  expect(await flawsOf(missing, ['idempotency-key-missing'], 'Idempotency-Key')).toEqual([])
  for (const key of badKeys) {
    const response = await send(operation, jsonRequest('POST', body, { 'idempotency-key': key }))
    expect(await flawsOf(response, ['invalid-request'], 'Idempotency-Key')).toEqual([])
  }
  const init = jsonRequest('POST', body)
  const twice = new Headers(init.headers)
  twice.append('idempotency-key', 'k-1')
  twice.append('idempotency-key', 'k-2')
  const response = await send(operation, { ...init, headers: twice })
  expect(await flawsOf(response, ['invalid-request'], 'Idempotency-Key')).toEqual([])
})

const badDesigns = [
  '',
  'nonsense',
  'BEFORE',
  'after,',
  'after,after',
  'ids=',
  'ids=nope',
  'ids=__proto__',
  '__proto__=x',
  'constructor=name',
  'ids=ticket-server=x',
  "ids=ticket-server'; drop table users",
  'x'.repeat(501),
]

const withDesign = operations.filter((one) => isShop(one) && one.path !== '/healthz')

test.each(withDesign)('$label refuses a design unknown', async (operation) => {
  const init = goodRequest(operation)
  for (const design of badDesigns) {
    const all = { ...(init.headers as object), 'x-design': design }
    const response = await send(operation, { ...init, headers: all })
    expect(await flawsOf(response, ['unknown-design'], 'x-design')).toEqual([])
    expect(response.headers.get('x-design')).toBeNull()
  }
})
