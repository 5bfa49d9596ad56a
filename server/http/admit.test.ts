import { describe, expect, test } from 'bun:test'
import { type Connections, singleStatements } from '../db/connections.ts'
import { AdaptiveAdmission, idlePool } from '../designs/admission/adaptive/adaptive.ts'
import { type AppOptions, appForTest, jsonRequest } from '../testing/app-for-test.ts'
import { fakeClock } from '../testing/fake-clock.ts'
import { flawsOf } from '../testing/problems.ts'

const places = 2

/** A shop with few places, whose connections do as the test says. */
function shopWith(use: () => Promise<never>, options: AppOptions = {}) {
  const clock = fakeClock()
  const limit = { initial: places, min: 1, max: places }
  const admission = new AdaptiveAdmission({ pool: idlePool, clock, limit })
  const connections = { ...singleStatements, use, transaction: use } as unknown as Connections
  const design = 'after,reads=indexed'
  const open: AppOptions['open'] = (opened) => opened.provide('admission', 'adaptive', admission)
  const shop = appForTest({ open, design, services: { connections }, ...options })
  return { clock, admission, ...shop }
}

const hangs = () => new Promise<never>(() => {})
const path = '/api/v1/products/1'

/** Takes every place and keeps it. */
function fill({ app }: ReturnType<typeof shopWith>): void {
  for (let place = 0; place < places; place += 1) void app.request(path)
}

describe('a place is given back', () => {
  test('when the handler throws', async () => {
    const shop = shopWith(() => Promise.reject(new Error('down')))
    const errors = console.error
    console.error = () => {}
    for (let round = 0; round < places * 3; round += 1) {
      expect((await shop.app.request(path)).status).toBe(500)
    }
    console.error = errors
    expect(shop.admission.gate.state.inside).toBe(0)
  })

  test('when the answer is late', async () => {
    const shop = shopWith(hangs, { requestTimeoutMs: 1 })
    for (let round = 0; round < places * 3; round += 1) {
      expect(await flawsOf(await shop.app.request(path), ['deadline-exceeded'], null)).toEqual([])
    }
    expect(shop.admission.gate.state.inside).toBe(0)
  })

  test('when the request is not valid, or too large', async () => {
    const shop = shopWith(hangs)
    for (const body of ['{', '{}', ' '.repeat(70_000)]) {
      const init = { ...jsonRequest('POST', {}), body }
      expect((await shop.app.request('/api/v1/orders', init)).status).toBeWithin(400, 414)
    }
    expect(shop.admission.gate.state.inside).toBe(0)
  })

  test('by a client who has gone from the queue', async () => {
    const shop = shopWith(hangs)
    fill(shop)
    const client = new AbortController()
    const waiting = shop.app.request(path, { signal: client.signal })
    await shop.clock.pass(0)
    expect(shop.admission.gate.state).toMatchObject({ inside: places, waiting: 1 })
    client.abort()
    expect((await waiting).status).toBe(503)
    expect(shop.admission.gate.state).toMatchObject({ inside: places, waiting: 0 })
  })
})

test('who sends a body slowly holds no place, and is refused', async () => {
  const shop = shopWith(hangs, { requestTimeoutMs: 200 })
  const slow = () => {
    const body = new ReadableStream({ start: (stream) => stream.enqueue(new Uint8Array([123])) })
    return shop.app.request('/api/v1/orders', { ...jsonRequest('POST', {}), body })
  }
  const slowOnes = Array.from({ length: 3 * places }, slow)
  await shop.clock.pass(0)
  expect(shop.admission.gate.state).toMatchObject({ inside: 0, waiting: 0 })
  for (const answer of await Promise.all(slowOnes)) {
    expect(await flawsOf(answer, ['body-timeout'], 'body')).toEqual([])
  }
})

describe('a refusal', () => {
  const refused = async (init: RequestInit, design?: string) => {
    const shop = shopWith(hangs, design ? { design } : {})
    fill(shop)
    await shop.clock.pass(0)
    const answer = shop.app.request('/api/v1/orders', init)
    await shop.clock.pass(1200)
    return { shop, answer: await answer }
  }

  test('comes before the body is parsed, with a time, and names the design', async () => {
    const { answer } = await refused({ ...jsonRequest('POST', {}), body: '{ broken' })
    expect(await flawsOf(answer, ['overloaded'], null)).toEqual([])
    expect(Number(answer.headers.get('retry-after'))).toBeWithin(1, 9)
    expect(answer.headers.get('x-design')).toContain('admission=')
    expect(answer.headers.get('x-pass')).toBeNull()
  })

  test('is counted, under its route and its class', async () => {
    const init = jsonRequest('POST', {}, { 'x-attempt': '1' })
    const { shop } = await refused(init)
    const text = await (await shop.app.request('/metrics')).text()
    expect(text).toContain('stampede_admission_refused_total{class="order"} 1')
    expect(text).toContain('stampede_admission_in_flight 2')
    expect(text).toContain('stampede_http_requests_total{route="orders.create",code="503"} 1')
    expect(text).toContain('stampede_client_attempts_total{route="orders.create"} 1')
  })

  test('never meets who watches: health, metrics, designs, documents', async () => {
    const shop = shopWith(hangs)
    fill(shop)
    await shop.clock.pass(0)
    for (const free of ['/healthz', '/metrics', '/designs', '/openapi.json']) {
      expect([free, (await shop.app.request(free)).status]).toEqual([free, 200])
    }
  })

  test('is the same for a design that is not known: its own answer', async () => {
    const shop = shopWith(hangs)
    fill(shop)
    const headers = { 'x-design': 'nonsense' }
    const answer = await shop.app.request(path, { headers })
    expect(await flawsOf(answer, ['unknown-design'], 'x-design')).toEqual([])
  })
})

test('designs share the places of their process', async () => {
  const shop = shopWith(hangs)
  fill(shop)
  const headers = { 'x-design': 'before,admission=adaptive' }
  const answer = shop.app.request(path, { headers })
  await shop.clock.pass(1200)
  expect((await answer).status).toBe(503)
})

test('who is let in gets a pass, and shows it', async () => {
  const shop = shopWith(hangs, { requestTimeoutMs: 1 })
  const first = await shop.app.request(path)
  const pass = first.headers.get('x-pass') ?? ''
  expect(shop.admission.passes.isValid(pass)).toBe(true)
  const second = await shop.app.request(path, { headers: { 'x-pass': pass } })
  expect(second.headers.get('x-pass')).toBeNull()
})
