import { beforeAll, expect, test } from 'bun:test'
import fc from 'fast-check'
import { parseJson } from './parse-json.ts'
import { withSpawnedShop } from './testing/crash-crowd.ts'
import { describeLive } from './testing/fixtures.ts'
import { type OpenApiDocument, operationsIn } from './testing/operations.ts'

const requests = 2000
const lanes = 16
const seed = 12

type Name = 'server' | 'worker' | 'tickets' | 'bank' | 'gateway'

interface Route {
  process: Name
  method: string
  /** With `{names}` of parameters. */
  path: string
  hasBody: boolean
}

interface BadRequest {
  process: Name
  path: string
  init: RequestInit
}

/** Routes of the processes that have no OpenAPI document. */
const peers: Route[] = [
  { process: 'worker', method: 'GET', path: '/healthz', hasBody: false },
  { process: 'tickets', method: 'GET', path: '/v1/sequences', hasBody: false },
  { process: 'tickets', method: 'POST', path: '/v1/ranges', hasBody: true },
  { process: 'tickets', method: 'POST', path: '/v1/ids/{sequence}', hasBody: false },
  { process: 'bank', method: 'POST', path: '/v1/charges', hasBody: true },
  { process: 'bank', method: 'GET', path: '/v1/charges/{reference}', hasBody: false },
  { process: 'bank', method: 'POST', path: '/v1/charges/{reference}/void', hasBody: false },
  { process: 'bank', method: 'PUT', path: '/partners/{sink}/failure', hasBody: true },
  { process: 'bank', method: 'POST', path: '/partners/{sink}', hasBody: true },
  { process: 'bank', method: 'POST', path: '/partners/{sink}/batch', hasBody: true },
  { process: 'gateway', method: 'POST', path: '/api/v1/coupons', hasBody: true },
]

const json = { 'content-type': 'application/json', 'idempotency-key': 'bad-request' }
const parameter = /\{\w+\}/g
/** No id, key, name or reference may have a tilde. */
const junk = fc.string({ minLength: 1, maxLength: 200, unit: 'grapheme' }).map((text) => `~${text}`)

const hostileHeaders = [
  ...['gzip', 'br', 'deflate', 'identity, gzip', 'x'].map((one) => ({ 'content-encoding': one })),
  ...['text/plain', 'application/json; charset=utf-16', 'application/json, application/json'].map(
    (one) => ({ 'content-type': one }),
  ),
]
const hostileJson = [
  ...['{"a":1,"a":1}', '{"__proto__":{}}', '{"a":"\\ud800"}', '{"a":1.00000000000000000001}'],
  ...['\ufeff', 'NaN', '{"a":01}', `${'['.repeat(100)}${']'.repeat(100)}`],
]
const unserved = [{ expect: 'x' }, { 'if-match': '"x"' }]

/** A request that is wrong in one way, whichever route it is for. */
function badRequests(routes: readonly Route[]): fc.Arbitrary<BadRequest> {
  const one = fc.constantFrom(...routes)
  const withBody = fc.constantFrom(...routes.filter(({ hasBody }) => hasBody))
  const withParameter = fc.constantFrom(...routes.filter(({ path }) => path.includes('{')))
  const writing = fc.constantFrom(...routes.filter(({ method }) => method !== 'GET'))
  const notJson = fc.string({ maxLength: 300 }).filter((text) => parseJson(text) === undefined)
  const otherJson = fc.jsonValue({ maxDepth: 4 }).map((value) => JSON.stringify(value))
  const at = (route: Route, value = '1') =>
    route.path.replaceAll(parameter, encodeURIComponent(value))
  const made = (route: Route, init: RequestInit, path = at(route)): BadRequest => ({
    process: route.process,
    path,
    init: { method: route.method, ...init },
  })
  const body = (text: string, more = {}) => ({ headers: { ...json, ...more }, body: text })
  const empty = ({ method }: Route) => (method === 'GET' ? {} : body('{}'))
  return fc.oneof(
    fc
      .tuple(one, junk)
      .map(([route, text]) => made(route, {}, `/v1/none/${encodeURIComponent(text)}`)),
    one.map((route) => made(route, { method: 'PATCH' })),
    fc.tuple(withBody, notJson).map(([route, text]) => made(route, body(text))),
    fc.tuple(withBody, otherJson).map(([route, text]) => made(route, body(text))),
    withBody.map((route) => made(route, body(JSON.stringify('x'.repeat(70_000))))),
    fc
      .tuple(withBody, fc.constantFrom(...hostileHeaders))
      .map(([route, headers]) => made(route, body('{}', headers))),
    fc
      .tuple(withBody, fc.constantFrom(...hostileJson))
      .map(([route, text]) => made(route, body(text))),
    fc
      .tuple(one, fc.constantFrom(...unserved))
      .map(([route, headers]) =>
        made(route, { ...empty(route), headers: { ...json, ...headers } }),
      ),
    fc
      .tuple(withParameter, junk)
      .map(([route, text]) => made(route, empty(route), at(route, text))),
    fc
      .tuple(one, fc.domain())
      .map(([route, host]) => made(route, { ...empty(route), headers: { ...json, host } })),
    fc
      .tuple(writing, fc.webUrl())
      .map(([route, url]) =>
        made(route, { body: '{}', headers: { ...json, origin: new URL(url).origin } }),
      ),
  )
}

describeLive('two thousand bad requests', ['TEST_DATABASE_URL', 'TEST_REDIS_URL'], () => {
  const { world, shop } = withSpawnedShop('bad_requests')
  beforeAll(() => shop.start('gateway'))

  const asked = async (process: Name, path: string) =>
    await (await fetch(`${shop.url(process)}${path}`)).text()

  const state = async () => [
    await world.contents(),
    await asked('bank', '/v1/ledger'),
    await asked('bank', '/partners/ledger'),
    await asked('tickets', '/v1/sequences'),
    await asked('server', '/designs'),
  ]

  test('over all routes and processes: each is refused, and none changes anything', async () => {
    const document = JSON.parse(await asked('server', '/openapi.json')) as OpenApiDocument
    const own = operationsIn(document).map((route): Route => ({ ...route, process: 'server' }))
    const bad = fc.sample(badRequests([...own, ...peers]), { numRuns: requests, seed })
    const before = await state()
    const waiting = bad.values()
    const taken: unknown[] = []
    const sendInTurn = async () => {
      for (const { process, path, init } of waiting) {
        const { status } = await fetch(`${shop.url(process)}${path}`, init)
        if (status < 400 || status >= 500) taken.push([status, process, path, init])
      }
    }
    await Promise.all(Array.from({ length: lanes }, sendInTurn))
    expect(taken).toEqual([])
    expect(await state()).toEqual(before)
  }, 60_000)
})
