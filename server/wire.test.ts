import { afterAll, afterEach, describe, expect, test } from 'bun:test'
import { connect } from 'node:net'
import { handlerOf } from './handler.ts'
import { appForTest, tokenForTest, withToken } from './testing/app-for-test.ts'
import { operationsOf, pathOf, queryOf } from './testing/operations.ts'
import { rawRequest, talk } from './testing/raw-http.ts'

const shop = appForTest({ token: tokenForTest })
let reached = 0
const handle = handlerOf((request: Request) => {
  reached += 1
  return shop.app.fetch(request)
})
const server = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: handle })
const port = server.port ?? 0

afterAll(() => server.stop(true))
afterEach(() => {
  reached = 0
})

const get = (target: string, ...headers: string[]) =>
  rawRequest(`GET ${target} HTTP/1.1`, { headers })
const json = ['content-type: application/json']
const design = '{"design":"before"}'
const put = (body: string, ...headers: string[]) =>
  rawRequest('PUT /designs HTTP/1.1', {
    headers: [...json, `authorization: ${withToken.authorization}`, ...headers],
    body,
  })
const chunked = (body: string, size = body.length.toString(16), end = '\r\n') =>
  `${size}${end}${body}${end}0${end}${end}`
const chunks = 'transfer-encoding: chunked'

describe('what clients really send is taken', () => {
  test.each<[string, Buffer]>([
    ['chunks', put(chunked(design), chunks)],
    ['chunks in other letters', put(chunked(design), 'Transfer-Encoding: Chunked')],
    ['a chunk extension', put(chunked(design, `${design.length.toString(16)};a=b`), chunks)],
    ['one length twice', put(design, ...Array(2).fill(`content-length: ${design.length}`))],
    ['the coding identity', put(design, 'content-encoding: identity')],
    ['a byte order mark', put(`\ufeff${design}`)],
    ['100-continue', put(design, 'expect: 100-continue')],
    ['100-continue in other letters', put(design, 'Expect: 100-Continue')],
    ['a scheme in other letters', get('/chaos/faults', `authorization: bearer ${tokenForTest}`)],
    ['the whole URL as the target', get('http://127.0.0.1/designs')],
    ['a path that is encoded', get('/%64esigns')],
    ['a path with dots', get('/healthz/../designs')],
    ['an Accept without JSON', get('/designs', 'accept: text/html')],
    ['an Accept that refuses all', get('/designs', 'accept: */*;q=0, ,;')],
    [
      'a range, and tags it does not have',
      get('/designs', 'range: bytes=0-0', 'if-none-match: "x"'),
    ],
    ['any tag', get('/designs', 'if-match: *')],
    ['a header that is not ASCII', get('/designs', 'x-request-id: \xc3\xa9')],
    ['ten thousand bytes of a header', get('/designs', `x-long: ${'x'.repeat(10_000)}`)],
    ['a query of no meaning', get('/designs?a=1&a=2&__proto__=%')],
    ['an upgrade', get('/designs', 'connection: upgrade', 'upgrade: h2c')],
  ])('%s', async (_what, bytes) => {
    const { statuses, isClosed } = await talk(port, bytes)
    expect({ statuses, isClosed }).toEqual({ statuses: [200, 200], isClosed: false })
  })

  test.each([
    ['application/json; charset=utf-8'],
    ['Application/JSON;Charset="UTF-8"'],
    ['application/json; charset=utf8; v=1'],
  ])('content-type %s', async (type) => {
    const headers = [`content-type: ${type}`, `authorization: ${withToken.authorization}`]
    const { statuses } = await talk(
      port,
      rawRequest('PUT /designs HTTP/1.1', { headers, body: design }),
    )
    expect(statuses).toEqual([200, 200])
  })

  test.each(['', 'host: 127.0.0.1\r\n', 'host: 127.0.0.1\r\nconnection: keep-alive\r\n'])(
    'HTTP/1.0 with %j, whose connection then ends',
    async (headers) => {
      const { statuses, isClosed } = await talk(port, `GET /designs HTTP/1.0\r\n${headers}\r\n`)
      expect({ statuses, isClosed }).toEqual({ statuses: [200], isClosed: true })
    },
  )
})

/** Bun's parser answers without a body, and no handler learns of it. */
describe('what Bun refuses by itself reaches nothing, and its connection ends', () => {
  test.each<[string, number, string | Buffer]>([
    ['two lengths', 400, put(design, 'content-length: 3', 'content-length: 4')],
    ['a list of lengths', 400, put(design, 'content-length: 3, 3')],
    ['a length with a sign', 400, put(design, 'content-length: +3')],
    ['a length in hexadecimal', 400, put(design, 'content-length: 0x3')],
    ['an empty length', 400, put(design, 'content-length:')],
    ['a length past all bounds', 400, put(design, `content-length: ${'9'.repeat(20)}`)],
    ['a length and chunks', 400, put('0\r\n\r\n', 'content-length: 5', chunks)],
    ['chunks and a length', 400, put('0\r\n\r\n', chunks, 'content-length: 5')],
    ['chunks twice', 400, put(chunked(design), chunks, chunks)],
    ['gzip under chunks', 400, put(chunked(design), 'transfer-encoding: gzip, chunked')],
    ['chunks that are not last', 400, put(chunked(design), 'transfer-encoding: chunked, gzip')],
    ['another transfer coding', 400, put(design, 'transfer-encoding: gzip')],
    ['a transfer coding of no name', 400, put(chunked(design), 'transfer-encoding: xchunked')],
    ['a space before the colon', 400, put('0\r\n\r\n', 'transfer-encoding : chunked')],
    ['a folded header', 400, get('/designs', 'x-request-id: a\r\n b')],
    ['a header without a colon', 400, get('/designs', 'x-request-id')],
    ['a header without a name', 400, get('/designs', ': a')],
    ['a NUL in a header', 400, get('/designs', 'x-request-id: a\0b')],
    ['a bare CR in a header', 400, get('/designs', 'x-request-id: a\rb')],
    ['no host', 400, 'GET /designs HTTP/1.1\r\n\r\n'],
    ['no slash', 400, get('designs')],
    ['an asterisk', 400, get('*')],
    ['OPTIONS of an asterisk', 400, rawRequest('OPTIONS * HTTP/1.1')],
    ['a method that is no token', 400, rawRequest('G@T /designs HTTP/1.1')],
    ['HTTP/2 without a word before', 400, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['TLS', 400, Buffer.from([0x16, 3, 1, 0, 5, 1, 0, 0, 1, 3])],
    ['more header than 16 KiB', 431, get('/designs', `x-long: ${'x'.repeat(20_000)}`)],
    ['200 headers', 431, get('/designs', ...Array(200).fill('x-one: 1'))],
    ['HTTP/1.2', 505, 'GET /designs HTTP/1.2\r\nhost: 127.0.0.1\r\n\r\n'],
    ['HTTP/2.0', 505, 'GET /designs HTTP/2.0\r\nhost: 127.0.0.1\r\n\r\n'],
    ['HTTP/0.9', 505, 'GET /designs\r\n\r\n'],
    ['lines that end in LF', 505, 'GET /designs HTTP/1.1\nhost: 127.0.0.1\n\n'],
    ['a space in the path', 505, get('/designs x')],
  ])('%s', async (_what, status, bytes) => {
    const { statuses, isClosed } = await talk(port, bytes)
    expect({ statuses, isClosed, reached }).toEqual({
      statuses: [status],
      isClosed: true,
      reached: 0,
    })
  })

  test.each(['FOO', 'get'])('the method %s: not even an answer', async (method) => {
    const { statuses, isClosed } = await talk(port, rawRequest(`${method} /designs HTTP/1.1`))
    expect({ statuses, isClosed, reached }).toEqual({ statuses: [], isClosed: true, reached: 0 })
  })
})

test.each([
  ['a size that is none', chunked(design, 'zz')],
  ['lines that end in LF', chunked(design, design.length.toString(16), '\n')],
])('chunks with %s change nothing, and end the connection', async (_what, body) => {
  const before = await (await shop.app.request('/designs')).json()
  const { statuses, isClosed } = await talk(port, put(body.replace('before', 'after'), chunks))
  expect({ statuses, isClosed }).toEqual({ statuses: [400], isClosed: true })
  expect(await (await shop.app.request('/designs')).json()).toEqual(before)
})

test('a trailer ends the connection, whether or not its request was answered first', async () => {
  const body = chunked(design).replace(/\r\n$/, 'x-trailer: 1\r\n\r\n')
  expect((await talk(port, put(body, chunks))).isClosed).toBe(true)
})

test('CONNECT is refused, and its connection ends', async () => {
  const bytes = 'CONNECT 127.0.0.1:80 HTTP/1.1\r\nhost: 127.0.0.1:80\r\n\r\n'
  const { statuses, head, isClosed } = await talk(port, bytes)
  expect({ statuses, isClosed }).toEqual({ statuses: [501], isClosed: true })
  expect(head).toContain('connection: close')
})

test('a request sent before the last one was answered ends the connection', async () => {
  const slow = get('/chaos/faults', `authorization: Bearer ${tokenForTest}`)
  const received = await new Promise<string>((resolve, reject) => {
    let text = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(Buffer.concat([slow, slow])))
    socket.on('data', (data) => {
      text += data
    })
    socket.on('error', reject)
    socket.on('close', () => resolve(text))
  })
  expect(received).toBe('')
})

const endless = '/chaos/events'
const reading = (await operationsOf(shop)).filter(
  ({ method, path }) => method === 'GET' && path !== endless,
)
const pages = ['/metrics', '/openapi.json', '/docs', '/docs/start.js', '/docs/swagger-ui.css']
/** Of one moment alone. */
const passing = /^(date|x-pass|content-length): .*\r\n/gm

test.each([
  ...reading.map((operation) => pathOf(operation, { id: 'x', userId: 'x' }) + queryOf(operation)),
  ...pages,
])('HEAD %s has what GET has, but for the body', async (path) => {
  const authorization = `authorization: ${withToken.authorization}`
  const [head, got] = await Promise.all([
    talk(port, rawRequest(`HEAD ${path} HTTP/1.1`, { headers: [authorization] }), true),
    talk(port, get(path, authorization)),
  ])
  expect(head.statuses).toEqual(got.statuses)
  expect(head.body).toBe('')
  const headersOf = (text: string) => text.replaceAll(passing, '').split('\r\n').sort()
  expect(headersOf(head.head)).toEqual(headersOf(got.head))
  for (const name of ['date: ', 'content-length: ']) expect(head.head).toContain(name)
})

test('HEAD of a stream that has no end is one answer without a body', async () => {
  const authorization = `authorization: ${withToken.authorization}`
  const request = rawRequest(`HEAD ${endless} HTTP/1.1`, { headers: [authorization] })
  const { head, body, statuses } = await talk(port, request, true)
  expect([statuses, body]).toEqual([[200, 200], ''])
  expect(head).toContain('content-type: text/event-stream')
})
