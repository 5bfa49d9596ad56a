import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { customerWho, problem, runJourney, scriptedHttp } from '../testing/scripted-http.ts'
import { defaultPolicy } from './client-policy.ts'
import type { Answer } from './http.ts'

const buyer = customerWho(
  (it) =>
    it.leaves === 'never' &&
    it.buysAtOnce &&
    !it.browsesList &&
    !it.browsesPopular &&
    it.productId === null,
)
const later = problem(503, 'draining', true)
const withPolicy = (clientPolicy: string): Answer => ({ ...later, clientPolicy })

test('a running client obeys the last answer, and has its own ways without one', async () => {
  const order = [withPolicy('attempts=9;timeout-ms=300;backoff=none'), later, later]
  const http = scriptedHttp({ order })
  const record = await runJourney(http, buyer)
  expect(http.requests.map(({ timeoutMs }) => timeoutMs)).toEqual([3_000, 300])
  expect(record.order).toMatchObject({ outcome: 'fail', attempts: 2 })
})

test('no answer leaves the policy as it was', async () => {
  const storm = withPolicy('attempts=4;timeout-ms=300;backoff=none')
  const http = scriptedHttp({ order: [storm, { status: 0 }, { status: 0 }, { status: 0 }] })
  const record = await runJourney(http, buyer)
  expect(http.requests.map(({ timeoutMs }) => timeoutMs)).toEqual([3_000, 300, 300, 300])
  expect(http.requests.map(({ headers }) => headers['x-attempt'])).toEqual(['1', '2', '3', '4'])
  expect(record).toMatchObject({ outcome: 'unknown', attempts: 4, intents: 1 })
})

test('new keys are numbered, and a refusal of the last does not settle the first', async () => {
  const policy = { ...defaultPolicy, attempts: 3, key: 'new' as const }
  const order = [{ status: 0 }, later, problem(409, 'sold-out', true)]
  const record = await runJourney(scriptedHttp({ order }), buyer, { policy })
  const first = `t-${buyer}-o`
  expect(record.order).toMatchObject({ outcome: 'info', keys: [first, `${first}-2`, `${first}-3`] })
  expect(record.outcome).toBe('unknown')
})

test('a broken policy is reported, ignored, and the own one kept', async () => {
  const bad: string[] = []
  const http = scriptedHttp({ order: [withPolicy('attempts=0'), later] })
  const record = await runJourney(http, buyer, { onBadPolicy: (header) => bad.push(header) })
  expect(bad).toEqual(['attempts=0'])
  expect(record.order?.attempts).toBe(2)
})

test('a budget of a visit ends its retries, whatever each thing would be tried', async () => {
  const policy = { ...defaultPolicy, attempts: 9, budget: 3 }
  const http = scriptedHttp({ order: Array.from({ length: 9 }, () => later) })
  const record = await runJourney(http, buyer, { policy })
  expect(record).toMatchObject({ attempts: 4, intents: 1 })
})

test('each write is sent twice where the policy says so, under one key', async () => {
  const http = scriptedHttp({ order: [later, later] })
  const policy = { ...defaultPolicy, twice: 'writes' as const }
  const { order, intents } = await runJourney(http, buyer, { policy })
  const writes = http.requests.filter(({ method }) => method === 'POST')
  expect(writes.length).toBe(2 * intents + 2)
  expect(order).toMatchObject({ outcome: 'ok', attempts: 4, keys: [`t-${buyer}-o`] })
})

test('reads have a patience and tries of their own, writes those of the policy', async () => {
  const reader = customerWho((it) => it.leaves === 'never' && it.buysAtOnce && it.browsesList)
  const http = scriptedHttp({ products: [{ status: 0 }, { status: 0 }] })
  const policy = { ...defaultPolicy, backoff: 'none' as const }
  await runJourney(http, reader, { policy: { ...policy, readAttempts: 3, readTimeoutMs: 500 } })
  const asked = http.requests.filter(({ name }) => name === 'products')
  expect(asked.map(({ timeoutMs }) => timeoutMs)).toEqual([500, 500, 500])
  const writes = http.requests.filter(({ method }) => method === 'POST')
  expect(new Set(writes.map(({ timeoutMs }) => timeoutMs))).toEqual(new Set([3000]))
})

test('never more tries than the policy allows, keys all different, waits bounded', async () => {
  const policy = fc.record({
    attempts: fc.integer({ min: 1, max: 20 }),
    timeoutMs: fc.integer({ min: 50, max: 60_000 }),
    backoff: fc.constantFrom('none' as const, 'fixed' as const, 'exponential' as const),
    baseMs: fc.integer({ min: 0, max: 60_000 }),
    jitter: fc.double({ min: 0, max: 1, noNaN: true }),
    key: fc.constantFrom('same' as const, 'new' as const),
  })
  await fc.assert(
    fc.asyncProperty(policy, fc.nat(30), async (policy, failures) => {
      const http = scriptedHttp({ order: Array.from({ length: failures }, () => later) })
      const { order } = await runJourney(http, buyer, { policy })
      expect(order?.attempts).toBe(Math.min(policy.attempts, failures + 1))
      expect(order?.outcome).toBe(failures < policy.attempts ? 'ok' : 'fail')
      expect(new Set(order?.keys).size).toBe(order?.keys.length ?? -1)
      expect(order?.keys.length).toBe(policy.key === 'new' ? order?.attempts : 1)
      expect(http.pausesMs.every((milliseconds) => milliseconds <= 60_000)).toBe(true)
    }),
  )
})

test('retries after the time in the answer and not before, within bounds', async () => {
  const busy = (retryAfter: string): Answer => ({ ...later, retryAfter })
  const pause = async (answer: Answer, policy = defaultPolicy) => {
    const http = scriptedHttp({ order: [answer] })
    expect((await runJourney(http, buyer, { policy })).outcome).toBe('paid')
    return http.pausesMs[0] ?? 0
  }
  const own = await pause(later)
  expect(own).toBeLessThanOrEqual(200)
  expect(await pause(busy('3'))).toBe(own + 3000)
  expect(await pause({ ...busy('3'), status: 429 })).toBe(own + 3000)
  expect(await pause(busy('99999'))).toBe(own + 10_000)
  for (const word of ['', '-1', 'soon', '1.5', '99999999', 'Thu, 26 Nov 2026 18:00:00 GMT']) {
    expect(await pause(busy(word))).toBe(own)
  }
  expect(await pause(busy('3'), { ...defaultPolicy, backoff: 'none' })).toBe(0)
})

test('shows the pass it was given, from then on', async () => {
  const visitor = customerWho((it) => it.leaves === 'never' && it.browsesList && !it.buysAtOnce)
  const http = scriptedHttp({ products: [{ status: 200, pass: 'p.1' }] })
  await runJourney(http, visitor)
  const [first, ...rest] = http.requests.map(({ headers }) => headers['x-pass'])
  expect(first).toBeUndefined()
  expect(rest.length).toBeGreaterThan(2)
  expect(new Set(rest)).toEqual(new Set(['p.1']))
})
