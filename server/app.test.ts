import { describe, expect, spyOn, test } from 'bun:test'
import { parseDesign } from './designs/design.ts'
import { appForTest, jsonRequest, tokenForTest, withToken } from './testing/app-for-test.ts'
import { operationsOf, pathOf } from './testing/operations.ts'
import { flawsOf } from './testing/problems.ts'

const withChaos = appForTest({ token: tokenForTest })
const operations = await operationsOf(withChaos)

describe('what is no route', () => {
  const paths = [
    '/',
    '/nope',
    '/api/v1',
    '/api/v1/orders/1/2/3',
    '/api/v2/orders',
    '/%00',
    '/..%2f',
  ]
  test.each(paths)('%s is 404', async (path) => {
    const { app, touched } = appForTest()
    for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD']) {
      const response = await app.request(path, { method })
      expect(response.status).toBe(404)
      if (method !== 'HEAD') expect(await flawsOf(response, ['not-found'], null)).toEqual([])
    }
    expect(touched).toEqual([])
  })

  test('a known path with another method is 405 and lists those that it accepts', async () => {
    const { app } = appForTest({ token: tokenForTest })
    const response = await app.request('/api/v1/orders', { method: 'DELETE' })
    expect(response.headers.get('allow')).toBe('OPTIONS, POST')
    expect(await flawsOf(response, ['method-not-allowed'], null)).toEqual([])
    const designs = await app.request('/designs', { method: 'PATCH' })
    expect(designs.headers.get('allow')).toBe('GET, HEAD, OPTIONS, PUT')
  })

  test('every route answers an unknown method so', async () => {
    for (const operation of operations.filter(({ isGuarded }) => !isGuarded)) {
      const response = await withChaos.app.request(pathOf(operation), { method: 'PATCH' })
      expect(await flawsOf(response, ['method-not-allowed'], null)).toEqual([])
    }
  })
})

describe('x-request-id', () => {
  const idFor = async (asked?: string) => {
    const headers: Record<string, string> = asked === undefined ? {} : { 'x-request-id': asked }
    const response = await withChaos.app.request('/api/v1/users/x', { headers })
    return ((await response.json()) as { requestId: string }).requestId
  }

  test.each(['a', 'trace-7:1.2_3', 'x'.repeat(64)])('%s is repeated', async (asked) => {
    expect(await idFor(asked)).toBe(asked)
  })

  const bad = [undefined, '', 'x'.repeat(65), 'a b', '<script>', '"', 'a,b', 'é']
  test.each(bad)('%s is replaced by a new one', async (asked) => {
    const [first, second] = [await idFor(asked), await idFor(asked)]
    expect(first).toMatch(/^[0-9a-f-]{36}$/)
    expect(second).not.toBe(first)
  })
})

describe('an unexpected error', () => {
  test('is logged, and the answer shows nothing of the inside', async () => {
    using logged = spyOn(console, 'error').mockImplementation(() => {})
    const { app, touched } = appForTest()
    const response = await app.request('/api/v1/users/1')
    expect(await flawsOf(response, ['internal'], null)).toEqual([])
    expect(touched).toEqual(['connections.use'])
    expect(logged).toHaveBeenCalledTimes(1)
    expect(response.headers.get('x-design')).toStartWith('ids=')
  })

  test('outside the shop’s routes too', async () => {
    using logged = spyOn(console, 'error').mockImplementation(() => {})
    const { app, board } = appForTest({ token: tokenForTest })
    board.list = () => {
      throw new Error('select secret from table')
    }
    const headers = { authorization: `Bearer ${tokenForTest}` }
    const response = await app.request('/chaos/faults', { headers })
    expect(await flawsOf(response, ['internal'], null)).toEqual([])
    expect(logged).toHaveBeenCalledTimes(1)
  })
})

test('a request that takes too long is answered, with an open outcome', async () => {
  const never = new Promise<never>(() => {})
  const connections = { use: () => never } as never
  const { app } = appForTest({ services: { connections }, requestTimeoutMs: 1 })
  const response = await app.request('/api/v1/users/1')
  expect(await flawsOf(response, ['deadline-exceeded'], null)).toEqual([])
  expect(response.headers.get('retry-after')).toBe('1')
})

test('health needs nothing; a draining server is alive and not ready', async () => {
  const { app, readiness, touched } = appForTest()
  readiness.draining = true
  expect(await (await app.request('/healthz')).text()).toBe('ok')
  expect(await flawsOf(await app.request('/readyz'), ['draining'], null)).toEqual([])
  expect(touched).toEqual([])
})

test('GET /designs lists the axes; PUT changes what later requests run under', async () => {
  const { app } = appForTest({ token: tokenForTest })
  const headers = { authorization: `Bearer ${tokenForTest}` }
  const before = (await (await app.request('/designs')).json()) as { preset: string }
  expect(before.preset).toBe('after')
  const put = await app.request('/designs', jsonRequest('PUT', { design: 'before' }, headers))
  expect(put.status).toBe(200)
  const after = (await (await app.request('/designs')).json()) as { preset: string }
  expect(after.preset).toBe('before')
})

test.each(['derived', 'redis-counter'])('stock=%s is of another ledger', async (option) => {
  const { app, touched } = appForTest({ token: tokenForTest })
  const design = `stock=${option}`
  const asked = await app.request('/api/v1/products', { headers: { 'x-design': design } })
  expect(await flawsOf(asked, ['design-refused'], 'x-design')).toEqual([])
  const headers = { authorization: `Bearer ${tokenForTest}` }
  const put = await app.request('/designs', jsonRequest('PUT', { design }, headers))
  expect(await flawsOf(put, ['design-refused'], 'design')).toEqual([])
  const { current } = (await (await app.request('/designs')).json()) as { current: string }
  expect([current, touched]).toEqual([parseDesign('after').label, []])
})

describe('x-design of a server that was not started for rehearsals', () => {
  const asked = { 'x-design': 'stock=read-then-write' }
  const refused = (answer: Response) => flawsOf(answer, ['unauthorized'], 'x-design')

  test.each([tokenForTest, undefined])('needs the token (%p)', async (token) => {
    const { app, touched } = appForTest({ token, isRehearsal: false })
    const headers = [asked, { ...asked, authorization: 'Bearer another-token-here' }]
    for (const path of ['/designs', '/api/v1/products', '/api/v1/orders/1']) {
      for (const one of headers) {
        expect(await refused(await app.request(path, { headers: one }))).toEqual([])
      }
    }
    expect(touched).toEqual([])
  })

  test('is taken with it', async () => {
    const { app } = appForTest({ token: tokenForTest, isRehearsal: false })
    const answer = await app.request('/designs', { headers: { ...asked, ...withToken } })
    expect([answer.status, answer.headers.get('x-design')]).toEqual([
      200,
      expect.stringContaining('stock=read-then-write'),
    ])
  })
})
