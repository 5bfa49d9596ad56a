import { afterAll, afterEach, describe, expect, test } from 'bun:test'
import { createGatewayApp } from './coupon-gateway/app.ts'
import { handlerOf } from './handler.ts'
import { appForTest, tokenForTest } from './testing/app-for-test.ts'
import { memoryMarks } from './testing/memory-marks.ts'
import { bankInMemory } from './testing/pretend-bank.ts'
import { type Answer, rawRequest, talk } from './testing/raw-http.ts'
import { createTicketsFetch } from './tickets/app.ts'
import { Sequences } from './tickets/sequences.ts'

// Everything behind the shop's routes is untouchable here: what is refused has reached nothing.
const shop = appForTest({ token: tokenForTest })
const serve = (fetch: (request: Request) => Response | Promise<Response>) =>
  Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: handlerOf(fetch) })
const gatewayOfNoIssuer = createGatewayApp({
  askIssuer: () => Promise.reject(new Error('the issuer was asked')),
  meter: { asked() {}, limited() {}, tried() {} },
  ratePerSecond: 0,
})
const servers = {
  shop: serve((request) => shop.app.fetch(request)),
  bank: serve(bankInMemory().app.fetch),
  gateway: serve(gatewayOfNoIssuer.fetch),
  tickets: serve(createTicketsFetch(new Sequences({ lease: memoryMarks(100).lease }))),
}

afterAll(() => Promise.all(Object.values(servers).map((server) => server.stop(true))))
afterEach(() => expect(shop.touched).toEqual([]))

const ask = (bytes: string | Buffer, process: keyof typeof servers = 'shop') =>
  talk(servers[process].port ?? 0, bytes)

const json = ['content-type: application/json', 'idempotency-key: k-1']
const order = '{"userId":"1","items":[{"optionId":"1","quantity":1}]}'
const post = (body: string | Buffer, headers: string[] = json, path = '/api/v1/orders') =>
  rawRequest(`POST ${path} HTTP/1.1`, { headers, body })
const get = (target: string, ...headers: string[]) =>
  rawRequest(`GET ${target} HTTP/1.1`, { headers })
const line = (text: string, ...headers: string[]) => rawRequest(text, { headers })
const withType = (type: string) => post(order, [`content-type: ${type}`, 'idempotency-key: k-1'])

/** What, the bytes, the status, the code of the problem and its field. */
type Row = [string, string | Buffer, number, string, string | undefined]

const refusedByUs: Row[] = [
  [
    'a body under gzip',
    post(Buffer.from(Bun.gzipSync(order)), [...json, 'content-encoding: gzip']),
    ...([415, 'unsupported-content-coding', 'Content-Encoding'] as const),
  ],
  [
    'a body under two codings',
    post(order, [...json, 'content-encoding: identity, br']),
    ...([415, 'unsupported-content-coding', 'Content-Encoding'] as const),
  ],
  ...[
    ...['text/plain', 'application/jsonx', 'application/merge-patch+json', '', 'json', '*/*'],
    ...['text/plain; a=application/json', 'application/json, text/plain'],
    ...['application/json; charset=iso-8859-1', 'application/json; charset="utf-16"'],
  ].map(
    (type): Row => [
      `content-type ${type}`,
      withType(type),
      ...([415, 'unsupported-media-type', 'Content-Type'] as const),
    ],
  ),
  [
    'no content-type',
    post(order, ['idempotency-key: k-1']),
    ...([415, 'unsupported-media-type', 'Content-Type'] as const),
  ],
  [
    'two types',
    post(order, [...json, 'content-type: text/plain']),
    ...([415, 'unsupported-media-type', 'Content-Type'] as const),
  ],
  [
    'two keys',
    post(order, [...json, 'idempotency-key: k-2']),
    ...([400, 'invalid-request', 'Idempotency-Key'] as const),
  ],
  [
    'one key twice',
    post(order, [...json, 'idempotency-key: k-1']),
    ...([400, 'invalid-request', 'Idempotency-Key'] as const),
  ],
  ...[`Bearer ${tokenForTest}`, 'Bearer another'].map(
    (second): Row => [
      'two authorizations',
      get('/chaos/faults', `authorization: Bearer ${tokenForTest}`, `authorization: ${second}`),
      ...([401, 'unauthorized', 'authorization'] as const),
    ],
  ),
  [
    'two designs',
    get('/designs', 'x-design: before', 'x-design: after'),
    400,
    'unknown-design',
    'x-design',
  ],
  [
    'an unknown expectation',
    post(order, [...json, 'expect: 200-ok']),
    417,
    'expectation-failed',
    'Expect',
  ],
  ['one more', get('/healthz', 'expect: 100-continue, x'), 417, 'expectation-failed', 'Expect'],
  ['an entity tag', get('/designs', 'if-match: "x"'), 412, 'precondition-failed', 'If-Match'],
  ['another method', line('PATCH /healthz HTTP/1.1'), 405, 'method-not-allowed', undefined],
  ['TRACE', line('TRACE /healthz HTTP/1.1'), 405, 'method-not-allowed', undefined],
  ['a method of WebDAV', line('PROPFIND /healthz HTTP/1.1'), 501, 'method-unknown', 'method'],
  ['a method to come', line('QUERY /designs HTTP/1.1'), 501, 'method-unknown', 'method'],
  ['two hosts', get('/healthz', 'host: 127.0.0.1'), 400, 'host-invalid', 'host'],
  ['an empty host', 'GET /healthz HTTP/1.1\r\nhost:\r\n\r\n', 400, 'host-invalid', 'host'],
  ['no path of ours', get('//healthz'), 404, 'not-found', undefined],
  ['a path of another site', get('//evil.example/healthz'), 404, 'not-found', undefined],
  ...['%', '%zz', '%00', '1%2F2', '%c0%af', '%ff', '%25', '\xc3\xa9', '1%20', '%2B1', '1;a=1'].map(
    (id): Row => [`the id ${id}`, get(`/api/v1/users/${id}`), 400, 'invalid-request', 'id'],
  ),
  ...[
    'page=+1',
    'page=%',
    'page=%c0%af',
    'page=1&page=2',
    'page=1&page=1',
    'page=',
    'page',
    'page=0;size=1',
  ].map(
    (query): Row => [
      `the query ${query}`,
      get(`/api/v1/products?${query}`),
      ...([400, 'invalid-request', 'page'] as const),
    ],
  ),
  ...(
    [
      ['{"userId":"1","userId":"2","fromCart":true}', 'userId'],
      ['{"userId":"1","items":[{"optionId":"1","quantity":1,"quantity":9}]}', 'items.0.quantity'],
      ['{"userId":"1","fromCart":true,"__proto__":{}}', '__proto__'],
      ['{"__proto__":{"userId":"1","fromCart":true}}', 'userId'],
      ['{"userId":"1","fromCart":true,"constructor":{}}', 'constructor'],
      [
        '{"userId":"1","items":[{"optionId":"1","quantity":1.00000000000000000001}]}',
        'items.0.quantity',
      ],
      ['{"userId":"1","items":[{"optionId":"1","quantity":9007199254740993}]}', 'items.0.quantity'],
      ['{"userId":"1","items":[{"optionId":"1","quantity":1e400}]}', 'items.0.quantity'],
      ['{"userId":"1","items":[{"optionId":"1","quantity":-0}]}', 'items.0.quantity'],
      ['{"userId":1e0,"fromCart":true}', 'userId'],
      ['{"userId":"\\ud800","fromCart":true}', 'userId'],
      [`{"userId":${'['.repeat(30_000)}${']'.repeat(30_000)}}`, 'body'],
      [`${order}\0`, 'body'],
      [`${order}${order}`, 'body'],
      ['{"userId":NaN}', 'body'],
      ['{"userId":01}', 'body'],
      ["{'userId':'1'}", 'body'],
      ['', 'body'],
      [Buffer.concat([Buffer.from('{"userId":"'), Buffer.from([0xff]), Buffer.from('"}')]), 'body'],
      [
        Buffer.concat([Buffer.from('{"userId":"'), Buffer.from([0xc0, 0xaf]), Buffer.from('"}')]),
        'body',
      ],
      [Buffer.from(order, 'utf16le'), 'body'],
    ] as const
  ).map(
    ([body, field]): Row => [
      `the body ${String(body).slice(0, 60)}`,
      post(body),
      ...([400, 'invalid-request', field] as const),
    ],
  ),
]

/** The connection is sane after it: the next request on it has its own answer. */
function expectSane({ statuses, isClosed }: Answer, status: number): void {
  expect({ statuses, isClosed }).toEqual({ statuses: [status, 200], isClosed: false })
}

test.each(refusedByUs)('%s', async (_what, bytes, status, code, field) => {
  const answer = await ask(bytes)
  expectSane(answer, status)
  expect(answer.head).toContain('content-type: application/problem+json')
  const problem = JSON.parse(answer.body)
  expect(problem).toMatchObject({ status, code, definite: true, ...(field ? { field } : {}) })
  expect(problem.requestId).toBeString()
})

describe('a refused body says what would be taken', () => {
  test('a media type', async () => {
    const { head } = await ask(withType('text/plain'))
    expect(head).toContain('accept: application/json')
    expect(head).not.toContain('accept-encoding')
  })
  test('a coding', async () => {
    const { head } = await ask(post(order, [...json, 'content-encoding: gzip']))
    expect(head).toContain('accept-encoding: identity')
  })
})

/** Of bank, ticket server and coupon gateway, with what they refuse a body for. */
const peers = [
  [
    'bank',
    '/v1/charges',
    '{"reference":"a","amountMinor":1,"amountMinor":2,"cardToken":"x"}',
    'amountMinor',
  ],
  ['tickets', '/v1/ranges', '{"sequence":"orders","count":1,"count":2}', 'count'],
  ['gateway', '/api/v1/coupons', '{"partner":"a","partner":"b"}', 'partner'],
] as const

describe.each(peers)('%s keeps to the same', (process, path, twice, field) => {
  test.each([
    [
      'a coding',
      post('{}', [...json, 'content-encoding: br'], path),
      415,
      'unsupported-content-coding',
    ],
    ['a type', post('{}', ['content-type: text/plain'], path), 415, 'unsupported-media-type'],
    ['a field twice', post(twice, json, path), 400, 'bad-json'],
    ['bytes that are no UTF-8', post(Buffer.from([0x22, 0xff, 0x22]), json, path), 400, 'bad-json'],
    ['a body too large', post(' '.repeat(70_000), json, path), 413, 'payload-too-large'],
    ['an expectation', get(path, 'expect: x'), 417, 'expectation-failed'],
    ['another method', line(`PATCH ${path} HTTP/1.1`), 405, 'method-not-allowed'],
    ['an unknown method', line(`MKCOL ${path} HTTP/1.1`), 501, 'method-unknown'],
    ['an unknown path', get('/none'), 404, 'no-such-route'],
  ] as const)('%s', async (what, bytes, status, code) => {
    const answer = await ask(bytes, process)
    expectSane(answer, status)
    const problem = JSON.parse(answer.body)
    expect(problem).toMatchObject({ status, code, definite: true })
    if (what === 'a field twice') expect(problem.field).toBe(field)
  })

  test('OPTIONS and 405 list the methods', async () => {
    const options = await ask(line(`OPTIONS ${path} HTTP/1.1`), process)
    expectSane(options, 204)
    const patch = await ask(line(`PATCH ${path} HTTP/1.1`), process)
    for (const { head } of [options, patch]) expect(head).toContain('allow: options, post')
  })
})
