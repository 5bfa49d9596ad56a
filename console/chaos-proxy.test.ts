import { afterAll, beforeEach, describe, expect, test } from 'bun:test'
import { handlerOf } from '../server/handler.ts'
import { jsonRequest, tokenForTest, withToken } from '../server/testing/app-for-test.ts'
import { consoleApp } from './console.ts'
import { NotLoopback } from './loopback-origin.ts'
import { imitatesIn, type ListedFault } from './model/faults.ts'
import { startFakeArms } from './testing/fake-arms.ts'

const arms = startFakeArms()
afterAll(async () => {
  for (const arm of Object.values(arms)) await arm.stop()
})
beforeEach(() => {
  for (const { board, asked } of Object.values(arms)) {
    board.reset()
    asked.length = 0
  }
})

const urls = { before: arms.before.url, after: arms.after.url }
const console = (given: typeof urls | null = urls) =>
  consoleApp({ prometheusUrl: 'http://127.0.0.1:1', dashboardsFolder: '/none', arms: given })
const own = console()
const handler = handlerOf((request) => own.fetch(request))

/** Through all that the console's process asks of a request. */
const send = async (method: string, path: string, init: RequestInit = {}) =>
  await handler(
    new Request(`http://127.0.0.1:4999/console/api/arms/${path}`, { method, ...init }),
    undefined,
  )
const codeOf = async (answer: Response) => ((await answer.json()) as { code?: string }).code
const askedOf = () => arms.before.asked.length + arms.after.asked.length

describe('the way to the arms', () => {
  test('lists, starts, stops and resets, each in its arm alone', async () => {
    const { faults: listed } = (await (
      await send('GET', 'before/faults', { headers: withToken })
    ).json()) as { faults: ListedFault[] }
    expect(listed.find(({ name }) => name === 'bank')).toMatchObject({
      ...{ active: false, imitates: 'a payment provider that is overloaded' },
      example: { latencyMs: 500, errorRate: 0.1, lostRate: 0.05 },
    })
    const init = jsonRequest('PUT', { latencyMs: 5, ttlSeconds: 9 }, withToken)
    const started = (await (await send('PUT', 'after/faults/bank', init)).json()) as ListedFault
    expect(started).toMatchObject({ active: true, settings: { latencyMs: 5 } })
    const isOn = () => [arms.before.board.isOn('bank'), arms.after.board.isOn('bank')]
    expect(isOn()).toEqual([false, true])
    expect((await send('DELETE', 'after/faults/bank', { headers: withToken })).status).toBe(200)
    expect(isOn()).toEqual([false, false])
    arms.before.board.put('bank', {})
    expect((await send('POST', 'before/reset', { headers: withToken })).status).toBe(200)
    expect(isOn()).toEqual([false, false])
  })

  test('hands on the token, and no cookie, origin or address of the reader', async () => {
    const headers = { ...withToken, cookie: 'a=b', 'x-forwarded-for': '10.0.0.1' }
    expect((await send('GET', 'before/faults', { headers })).status).toBe(200)
    const [asked] = arms.before.asked
    expect(asked?.get('authorization')).toBe(`Bearer ${tokenForTest}`)
    for (const name of ['cookie', 'origin', 'x-forwarded-for']) expect(asked?.has(name)).toBe(false)
  })

  test('an answer is not kept, and a wrong token is refused by the arm', async () => {
    const answer = await send('GET', 'after/faults', { headers: { authorization: 'Bearer nope' } })
    expect(answer.status).toBe(401)
    expect(await codeOf(answer)).toBe('unauthorized')
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.headers.has('set-cookie')).toBe(false)
  })

  test('what the arm says of bad settings comes back', async () => {
    const init = jsonRequest('PUT', { probability: 2 }, withToken)
    const answer = await send('PUT', 'after/faults/bank', init)
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ code: 'invalid-fault', field: 'probability' })
    expect(arms.after.board.isOn('bank')).toBe(false)
  })
})

describe('refuses, and asks no arm', () => {
  const body = (text: string, type = 'application/json') => ({
    ...{ body: text, headers: { ...withToken, 'content-type': type } },
  })
  test.each<[string, string, RequestInit, number, string]>([
    ['GET', 'before/faults', {}, 401, 'token-missing'],
    ['POST', 'before/reset', {}, 401, 'token-missing'],
    ['GET', 'canary/faults', { headers: withToken }, 404, 'arm-unknown'],
    ['GET', '__proto__/faults', { headers: withToken }, 404, 'arm-unknown'],
    ['DELETE', 'before/faults/..%2F..%2Fapi', { headers: withToken }, 400, 'fault-name-invalid'],
    ['DELETE', 'before/faults/bank%3Fx=1', { headers: withToken }, 400, 'fault-name-invalid'],
    [
      ...(['DELETE', `before/faults/${'x'.repeat(65)}`, { headers: withToken }] as const),
      ...([400, 'fault-name-invalid'] as const),
    ],
    ['PUT', 'before/faults/bank', body('{}', 'text/plain'), 415, 'unsupported-media-type'],
    ['PUT', 'before/faults/bank', body(' '.repeat(70_000)), 413, 'payload-too-large'],
  ])('%s %s', async (method, path, init, status, code) => {
    const answer = await send(method, path, init)
    expect(answer.status).toBe(status)
    expect(await codeOf(answer)).toBe(code)
    expect(askedOf()).toBe(0)
  })

  test.each([
    ['GET', 'before/history'],
    ['GET', 'before/events'],
    ['POST', 'before/leases/me'],
    ['GET', 'before/../../../api/v1/products'],
    ['PUT', 'before/reset'],
    ['GET', 'before/reset'],
    ['POST', 'before/faults'],
  ])('no way to %s %s', async (method, path) => {
    expect((await send(method, path, { headers: withToken })).status).toBe(404)
    expect(askedOf()).toBe(0)
  })

  test.each<[string, Record<string, string>]>([
    ['a page of another origin', { origin: 'http://evil.example' }],
    ['a page on another port', { origin: 'http://127.0.0.1:5000' }],
    ['a browser that says cross-site', { 'sec-fetch-site': 'cross-site' }],
    ['a name of somebody else', { host: 'evil.example' }],
  ])('%s', async (_, foreign) => {
    arms.before.board.put('bank', {})
    for (const [method, path] of [
      ['POST', 'before/reset'],
      ['DELETE', 'before/faults/bank'],
    ] as const) {
      const headers = { host: '127.0.0.1:4999', ...withToken, ...foreign }
      expect((await send(method, path, { headers })).status).toBe(403)
    }
    expect(arms.before.board.isOn('bank')).toBe(true)
    expect(askedOf()).toBe(0)
  })
})

describe('an arm that is not there', () => {
  test('on another machine is refused at the start', () => {
    for (const url of ['http://example.com', 'https://127.0.0.1:1', 'http://10.0.0.1:1']) {
      expect(() => console({ ...urls, after: url })).toThrow(NotLoopback)
    }
  })

  test('without arms there is neither page nor way', async () => {
    const bare = console(null)
    expect((await bare.request('/console/faults')).status).toBe(404)
    const init = { headers: withToken }
    expect((await bare.request('/console/api/arms/before/faults', init)).status).toBe(404)
    expect(await (await bare.request('/console')).text()).not.toContain('/console/faults')
    expect(await (await own.request('/console')).text()).toContain('/console/faults')
  })

  test.each<[string, () => Response, string]>([
    ['something else answers', () => new Response('hello'), 'arm-answer-invalid'],
    ['it redirects', () => Response.redirect('http://127.0.0.1:1/'), 'arm-answer-invalid'],
    ['it says too much', () => Response.json('x'.repeat(2 ** 20)), 'arm-answer-invalid'],
    ['nothing listens', () => new Response(''), 'arm-unreachable'],
  ])('%s', async (_, fetch, code) => {
    const server = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch })
    if (code === 'arm-unreachable') await server.stop(true)
    const app = console({ ...urls, before: `http://127.0.0.1:${server.port}` })
    const answer = await app.request('/console/api/arms/before/faults', { headers: withToken })
    await server.stop(true)
    expect(answer.status).toBe(502)
    expect(await codeOf(answer)).toBe(code)
  })
})

test('what each fault imitates has a Korean text too', () => {
  for (const { name, imitates } of arms.before.board.list()) {
    expect(imitatesIn('ko', { name, imitates })).toMatchObject({ language: 'ko' })
    expect(imitatesIn('en', { name, imitates })).toEqual({ text: imitates, language: 'en' })
  }
  expect(imitatesIn('ko', { name: 'toString', imitates: 'x' }).language).toBe('en')
})
