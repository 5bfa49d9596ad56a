import { describe, expect, test } from 'bun:test'
import { axes } from '../server/designs/axes.ts'
import { parseDesign } from '../server/designs/design.ts'
import {
  appForTest,
  jsonRequest,
  textRequest,
  tokenForTest,
  withToken,
} from '../server/testing/app-for-test.ts'
import { spoil } from '../server/testing/bad-values.ts'
import { operationsOf, pathOf } from '../server/testing/operations.ts'
import { flawsOf } from '../server/testing/problems.ts'
import type { FaultState } from './board.ts'
import { faults } from './faults.ts'

const open = appForTest({ token: tokenForTest })
const operations = await operationsOf(open)
const guarded = operations.filter(({ isGuarded }) => isGuarded)
const fillIn = { name: 'bank' }

const call = (path: string, init: RequestInit = {}, app = open.app) =>
  app.request(path, { ...init, headers: { ...withToken, ...init.headers } })
const stateOf = async (response: Response) => (await response.json()) as FaultState

describe('without a token set', () => {
  test.each(guarded)('$label does not exist', async (operation) => {
    const { app, touched } = appForTest()
    const init = jsonRequest(operation.method, {}, withToken)
    if (operation.method === 'GET') delete init.body
    const response = await app.request(pathOf(operation, fillIn), init)
    const isDesigns = operation.path === '/designs'
    expect(response.status).toBe(isDesigns ? 405 : 404)
    expect(touched).toEqual([])
  })
})

const credentials: [string, Record<string, string>, string?][] = [
  ['none', {}],
  ['empty', { authorization: '' }],
  ['wrong, same length', { authorization: `Bearer ${'x'.repeat(tokenForTest.length)}` }],
  ['shorter', { authorization: `Bearer ${tokenForTest.slice(1)}` }],
  ['longer', { authorization: `Bearer ${tokenForTest}x` }],
  ['other case', { authorization: `Bearer ${tokenForTest.toUpperCase()}` }],
  ['no scheme', { authorization: tokenForTest }],
  ['scheme alone', { authorization: 'Bearer ' }],
  ['Basic', { authorization: `Basic ${btoa(`user:${tokenForTest}`)}` }],
  ['two tokens', { authorization: `Bearer ${tokenForTest}, Bearer x` }],
  ['token with a space', { authorization: `Bearer ${tokenForTest} x` }],
  ['in a cookie', { cookie: `token=${tokenForTest}` }],
  ['in the query', {}, `?token=${tokenForTest}&access_token=${tokenForTest}`],
]

describe.each(guarded)('$label', (operation) => {
  test.each(credentials)('%s: 401', async (_name, headers, query = '') => {
    const { app, board, touched } = appForTest({ token: tokenForTest })
    board.put('bank', {})
    const before = board.list().map(({ active }) => active)
    const init = { method: operation.method, headers }
    const response = await app.request(pathOf(operation, fillIn) + query, init)
    expect(response.headers.get('www-authenticate')).toBe('Bearer')
    expect(await flawsOf(response, ['unauthorized'], null)).toEqual([])
    expect(board.list().map(({ active }) => active)).toEqual(before)
    expect(touched).toEqual([])
  })
})

test('what changes something without a token is the shop’s own', () => {
  const free = operations.filter(({ method, isGuarded }) => method !== 'GET' && !isGuarded)
  for (const { path } of free) expect(path).toStartWith('/api/v1/')
})

test.each(['Bearer', 'bearer', 'BEARER', 'bEARER'])(
  'the scheme may be written %s',
  async (scheme) => {
    const authorization = `${scheme} ${tokenForTest}`
    expect((await open.app.request('/chaos/faults', { headers: { authorization } })).status).toBe(
      200,
    )
  },
)

test('unknown methods and paths under /chaos ask for the token first', async () => {
  expect((await open.app.request('/chaos/nope')).status).toBe(401)
  expect((await call('/chaos/nope')).status).toBe(404)
  expect((await call('/chaos/faults', { method: 'POST' })).status).toBe(405)
})

describe('the life of a fault', () => {
  test('on, seen, replaced, off; all off', async () => {
    const { app } = appForTest({ token: tokenForTest })
    const settings = { latencyMs: 300, ttlSeconds: 30 }
    const put = await call('/chaos/faults/bank', jsonRequest('PUT', settings), app)
    expect(await stateOf(put)).toMatchObject({ name: 'bank', active: true, settings })
    const again = jsonRequest('PUT', { errorRate: 1 })
    const replaced = await stateOf(await call('/chaos/faults/bank', again, app))
    expect(replaced.settings).toMatchObject({ errorRate: 1, latencyMs: 0, ttlSeconds: 60 })
    const removed = await call('/chaos/faults/bank', { method: 'DELETE' }, app)
    expect(await stateOf(removed)).toMatchObject({ active: false, settings: null })
    for (const [name, fault] of Object.entries(faults)) {
      await call(`/chaos/faults/${name}`, jsonRequest('PUT', fault.example), app)
    }
    const listed = await (await call('/chaos/faults', {}, app)).json()
    expect((listed as { faults: FaultState[] }).faults.every(({ active }) => active)).toBe(true)
    const reset = await (await call('/chaos/reset', { method: 'POST' }, app)).json()
    expect((reset as { faults: FaultState[] }).faults.some(({ active }) => active)).toBe(false)
  })

  test.each(Object.keys(faults))('%s: bad settings change nothing', async (name) => {
    const { app, board } = appForTest({ token: tokenForTest, nowMs: () => 0 })
    const good = { ...faults[name]?.example, ttlSeconds: 7 }
    const before = board.put(name, good)
    for (const { what, path, value } of spoil(good, Object.keys(good))) {
      if (what === 'ttlSeconds = 1.5') continue
      const response = await call(`/chaos/faults/${name}`, jsonRequest('PUT', value), app)
      expect([what, ...(await flawsOf(response, ['invalid-fault'], path))]).toEqual([what])
      expect(board.list().find((state) => state.name === name)?.settings).toEqual(before.settings)
    }
  })

  test.each(['', '{', 'NaN', '[1'])('%p is not JSON', async (text) => {
    const response = await call('/chaos/faults/bank', textRequest('PUT', text))
    expect(await flawsOf(response, ['invalid-request'], 'body')).toEqual([])
  })

  test('no content type, or another one', async () => {
    const plain = { method: 'PUT', headers: { 'content-type': 'text/plain' }, body: '{}' }
    const response = await call('/chaos/faults/bank', plain)
    expect(await flawsOf(response, ['unsupported-media-type'])).toEqual([])
    const nothing = await call('/chaos/faults/bank', { method: 'PUT' })
    expect(await flawsOf(nothing, ['unsupported-media-type'])).toEqual([])
  })

  test.each(['slow-queries', "bank'; drop table orders", '__proto__', '%2e%2e'])(
    'PUT and DELETE of %s: 404 with the right names',
    async (name) => {
      const path = `/chaos/faults/${encodeURIComponent(name)}`
      for (const init of [jsonRequest('PUT', {}), { method: 'DELETE' }]) {
        const response = await call(path, init)
        const { detail } = (await response.clone().json()) as { detail: string }
        expect(await flawsOf(response, ['not-found'], 'name')).toEqual([])
        for (const known of Object.keys(faults)) expect(detail).toContain(known)
      }
    },
  )
})

describe('retry-storm', () => {
  const policyOf = (response: Response) => response.headers.get('x-client-policy')
  const requests: [string, string, RequestInit][] = [
    ['an answer', '/healthz', {}],
    ['a refused id', '/api/v1/users/x', {}],
    ['a refused body', '/api/v1/orders', jsonRequest('POST', {})],
    ['what is not JSON', '/api/v1/orders', textRequest('POST', '{')],
    ['another content type', '/api/v1/orders', { method: 'POST', body: 'x' }],
    ['a body too large', '/api/v1/orders', textRequest('POST', ' '.repeat(70_000))],
    ['an unknown design', '/designs', { headers: { 'x-design': 'nonsense' } }],
    ['a missing key', '/api/v1/payments', jsonRequest('POST', { orderId: '1', method: 'balance' })],
    ['an unknown route', '/nope', {}],
    ['a wrong method', '/api/v1/orders', { method: 'GET' }],
  ]

  test.each(requests)('rides on %s, until its time is over', async (_name, path, init) => {
    const clock = { ms: 0 }
    const { app, board } = appForTest({ token: tokenForTest, nowMs: () => clock.ms })
    expect(policyOf(await app.request(path, init))).toBeNull()
    board.put('retry-storm', { ttlSeconds: 2 })
    clock.ms = 1999
    expect(policyOf(await app.request(path, init))).toStartWith('attempts=5;timeout-ms=300;')
    clock.ms = 2000
    expect(policyOf(await app.request(path, init))).toBeNull()
  })
})

test('with a share of customers, retry-storm rides on answers to them alone', async () => {
  const { app, board } = appForTest({ token: tokenForTest, nowMs: () => 0 })
  board.put('retry-storm', { target: { userShare: 0.5 } })
  const ride = async (user: number) =>
    (await app.request(`/api/v1/users/${user}x`)).headers.has('x-client-policy')
  const all = Array.from({ length: 40 }, (_, index) => index)
  const ridden = await Promise.all(all.map(ride))
  expect(new Set(ridden)).toEqual(new Set([true, false]))
  expect(await Promise.all(all.map(ride))).toEqual(ridden)
})

test('with an option, retry-storm rides on answers of designs that have it', async () => {
  const { app, board } = appForTest({ token: tokenForTest, nowMs: () => 0, design: 'after' })
  const { reads } = parseDesign('after').options
  const ride = async (design: string) => {
    const headers = { ...withToken, 'x-design': design }
    return (await app.request('/api/v1/users/x', { headers })).headers.has('x-client-policy')
  }
  board.put('retry-storm', { target: { option: `reads=${reads}` } })
  const other = Object.keys(axes.reads.options).find((one) => one !== reads)
  expect([await ride(`reads=${reads}`), await ride(`reads=${other}`)]).toEqual([true, false])
})
