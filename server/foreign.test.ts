import { describe, expect, test } from 'bun:test'
import { refusalOf } from './foreign.ts'

const codeOf = async (headers: Record<string, string>, method = 'POST', allowed?: string[]) => {
  const refusal = refusalOf(allowed)(new Request('http://127.0.0.1:1/', { method, headers }))
  return refusal ? ((await refusal.json()) as { code: string }).code : 'taken'
}

const own = { host: '127.0.0.1:4900' }

describe('Host', () => {
  test.each(['127.0.0.1', '127.0.0.1:4900', '127.0.0.2:1', 'localhost:80', 'LOCALHOST', '[::1]:4'])(
    '%s is taken',
    async (host) => expect(await codeOf({ host })).toBe('taken'),
  )

  test.each([
    ...['evil.example', 'evil.example:4900', '127.0.0.1.evil.example', 'localhost.evil.example'],
    ...['10.0.0.1', '0.0.0.0', '[::2]', 'localhost.', '127.1'],
  ])('%p is refused for every method', async (host) => {
    for (const method of ['GET', 'POST', 'DELETE']) {
      expect(await codeOf({ host }, method)).toBe('host-not-allowed')
    }
  })

  test.each([...['', 'evil.example@127.0.0.1', '127.0.0.1, 127.0.0.1', '127.0.0.1/x', 'a b']])(
    '%p is none',
    async (host) => {
      expect(await codeOf({ host })).toBe('host-invalid')
    },
  )

  test('of a configured name is taken, and of no other', async () => {
    expect(await codeOf({ host: 'api-after:4000' }, 'GET', ['api-after'])).toBe('taken')
    expect(await codeOf({ host: 'api-before:4000' }, 'GET', ['api-after'])).not.toBe('taken')
  })
})

describe('a request that a browser sends for a page', () => {
  test.each([
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ 'sec-fetch-site': 'same-site' }],
    [{ 'sec-fetch-site': 'same-site', origin: 'http://127.0.0.1:4900' }],
    [{ origin: 'https://evil.example' }],
    [{ origin: 'http://127.0.0.1:4901' }],
    [{ origin: 'null' }],
  ] as Record<string, string>[][])('of another origin changes nothing: %j', async (headers) => {
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
      expect(await codeOf({ ...own, ...headers }, method)).toBe('cross-site')
    }
    expect(await codeOf({ ...own, ...headers }, 'GET')).toBe('taken')
  })

  test.each([
    [{ 'sec-fetch-site': 'same-origin', origin: 'http://127.0.0.1:4900' }],
    [{ 'sec-fetch-site': 'none' }],
    [{ origin: 'http://127.0.0.1:4900' }],
    [{}],
  ] as Record<string, string>[][])(
    'of its own, or that none sends, is taken: %j',
    async (headers) => expect(await codeOf({ ...own, ...headers })).toBe('taken'),
  )
})
