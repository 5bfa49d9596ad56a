import { afterAll, expect, test } from 'bun:test'
import { connect } from 'node:net'
import { bodyBytesMax } from '../body.ts'
import { appForTest, textRequest, tokenForTest } from '../testing/app-for-test.ts'
import { operationsOf, pathOf } from '../testing/operations.ts'
import { flawsOf } from '../testing/problems.ts'

const shop = appForTest({ token: tokenForTest })
const withBody = (await operationsOf(shop)).filter(({ hasBody }) => hasBody)
const server = Bun.serve({
  hostname: '127.0.0.1',
  port: 0,
  maxRequestBodySize: 1024 * 1024,
  fetch: (request) => shop.app.fetch(request),
})
afterAll(() => server.stop(true))

const headers = { authorization: `Bearer ${tokenForTest}`, 'idempotency-key': 'k-1' }
const textOf = (bytes: number) =>
  JSON.stringify({ extra: 'x'.repeat(bytes - '{"extra":""}'.length) })

test.each(withBody)('$label refuses a body over 64 KiB', async (operation) => {
  const url = new URL(pathOf(operation), server.url)
  const tooLarge = textRequest(operation.method, textOf(bodyBytesMax + 1), headers)
  expect(await flawsOf(await fetch(url, tooLarge), ['payload-too-large'], 'body')).toEqual([])
  const largest = textRequest(operation.method, textOf(bodyBytesMax), headers)
  const response = await fetch(url, largest)
  expect([400, 404]).toContain(response.status)
})

/** Sends bytes and gives the answer's text once the connection closed or `until` was seen. */
function talk(parts: string[], until: string, port = server.port): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port ?? 0, '127.0.0.1', () => {
      for (const part of parts) socket.write(part)
    })
    let answer = ''
    socket.on('data', (bytes) => {
      answer += bytes
      if (answer.includes(until)) socket.destroy()
    })
    socket.on('error', reject)
    socket.on('close', () => resolve(answer))
  })
}

const head = (...lines: string[]) =>
  [
    'POST /api/v1/orders HTTP/1.1',
    'host: 127.0.0.1',
    'content-type: application/json',
    ...lines,
    '',
    '',
  ].join('\r\n')
const chunk = `${(16_384).toString(16)}\r\n${' '.repeat(16_384)}\r\n`

test('a body in chunks is counted, and refused as it passes the limit', async () => {
  const parts = [head('transfer-encoding: chunked'), ...Array(6).fill(chunk), '0\r\n\r\n']
  const answer = await talk(parts, '"requestId"')
  expect(answer).toStartWith('HTTP/1.1 413')
  expect(answer).toContain('application/problem+json')
  expect(answer).toContain('payload-too-large')
})

test('a length declared too large is refused before a byte of it came', async () => {
  const answer = await talk([head(`content-length: ${bodyBytesMax + 1}`)], '"requestId"')
  expect(answer).toContain('payload-too-large')
})

test.each([
  ['two lengths', ['content-length: 2', 'content-length: 3'], '400'],
  ['a negative length', ['content-length: -2'], '400'],
  ['length and chunks', ['content-length: 2', 'transfer-encoding: chunked'], '400'],
  ['a length past Bun’s own limit', ['content-length: 100000000'], '413'],
])('%s: refused by Bun, nothing reached', async (_name, lines, status) => {
  const answer = await talk([head(...lines), '{}'], '\r\n\r\n')
  expect(answer).toStartWith(`HTTP/1.1 ${status}`)
  expect(shop.touched).toEqual([])
})

test('a body without an end is refused in time, and its connection ends', async () => {
  const impatient = appForTest({ requestTimeoutMs: 100 })
  const reached = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: impatient.app.fetch })
  const answer = await talk([head('content-length: 500'), '{'], '"requestId"', reached.port)
  expect(answer).toStartWith('HTTP/1.1 408')
  expect(answer.toLowerCase()).toContain('connection: close')
  expect(impatient.touched).toEqual([])
  await reached.stop(true)
})

test('senders that are late together are refused while others are answered', async () => {
  const senders = 200
  const impatient = appForTest({ requestTimeoutMs: 400 })
  const reached = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: impatient.app.fetch })
  const first = Promise.withResolvers<void>()
  let refused = 0
  const slow = Array.from({ length: senders }, async () => {
    const answer = await talk([head('content-length: 500'), '{'], '"requestId"', reached.port)
    refused += 1
    first.resolve()
    return answer.slice(0, 12)
  })
  await first.promise
  const other = await fetch(new URL('/healthz', reached.url))
  expect(other.status).toBe(200)
  expect(refused).toBeLessThan(senders)
  expect(await Promise.all(slow)).toEqual(Array(senders).fill('HTTP/1.1 408'))
  await reached.stop(true)
})
