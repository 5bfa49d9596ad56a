import { expect, test } from 'bun:test'
import { jsonRequest } from '../testing/app-for-test.ts'
import { createGatewayApp } from './app.ts'
import { createIssuerClient, type RetryPolicy, type TryOutcome } from './issuer-client.ts'

const asS2: RetryPolicy = {
  retries: 3,
  backoffMs: 0,
  retriesEmpty: true,
  timeoutMs: 1000,
  deadlineMs: 10_000,
}
const asked = { partner: 'partner-1', product: '1', quantity: 2, requestId: 'r-1' }

const empty = () =>
  Response.json({ code: 'coupon-pool-empty' }, { status: 409, headers: { 'retry-after': '2' } })
const issued = () => Response.json({ coupons: [] }, { status: 201 })
const away = () => Response.json({ code: 'overloaded', definite: true }, { status: 503 })
const lost = () => Response.json({ code: 'lost', definite: false }, { status: 503 })
const silent = () => {
  throw new Error('no answer')
}

/** A gateway before an issuer that answers in turn, the last answer for good. */
function gateway(
  answers: (() => Response)[],
  policy: Partial<RetryPolicy> = {},
  { ratePerSecond = 0, tryMs = 0 } = {},
) {
  const seen = { sent: [] as RequestInit[], tries: [] as TryOutcome[], waitsMs: [] as number[] }
  const counts = { asked: 0, limited: 0 }
  let nowMs = 0
  const askIssuer = createIssuerClient({
    url: 'http://issuer.test',
    policy: { ...asS2, ...policy },
    onTry: (outcome) => seen.tries.push(outcome),
    now: () => nowMs,
    async sleep(ms) {
      seen.waitsMs.push(ms)
      nowMs += ms
    },
    async send(_url, init) {
      seen.sent.push(init)
      nowMs += tryMs
      return (answers.length > 1 ? answers.shift() : answers[0])?.() ?? issued()
    },
  })
  const app = createGatewayApp({
    askIssuer,
    ratePerSecond,
    meter: {
      asked: () => counts.asked++,
      limited: () => counts.limited++,
      tried: () => {},
    },
  })
  const ask = (body: unknown = asked, key = 'k') =>
    app.request('/api/v1/coupons', jsonRequest('POST', body, { 'x-partner-key': key }))
  return { ask, seen, counts }
}

test('passes the request on, and the answer back', async () => {
  const { ask, seen } = gateway([issued])
  expect((await ask()).status).toBe(201)
  const [init] = seen.sent
  expect(JSON.parse(String(init?.body))).toEqual(asked)
  expect(init?.headers).toMatchObject({ 'x-partner-key': 'k', 'x-attempt': '1' })
  expect(seen.tries).toEqual(['answered'])
})

test('as S2 it asks an empty pool three times more, at once', async () => {
  const { ask, seen } = gateway([empty])
  const answer = await ask()
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([409, '2'])
  expect(seen.tries).toEqual(['pool-empty', 'pool-empty', 'pool-empty', 'pool-empty'])
  expect(seen.waitsMs).toEqual([])
})

test('an empty pool is no reason to ask again where it is set so', async () => {
  const { ask, seen } = gateway([empty], { retriesEmpty: false })
  expect((await ask()).status).toBe(409)
  expect(seen.tries).toEqual(['pool-empty'])
})

test('an issuer that is away is asked again, with a wait that doubles', async () => {
  const { ask, seen } = gateway([away, silent, issued], { backoffMs: 100 })
  expect((await ask()).status).toBe(201)
  expect(seen.tries).toEqual(['unavailable', 'silent', 'answered'])
  const [first = 0, second = 0] = seen.waitsMs
  expect([first >= 50 && first <= 100, second >= 100 && second <= 200]).toEqual([true, true])
})

test('silence to the last try is not definite', async () => {
  const { ask } = gateway([silent], { retries: 1 })
  const answer = await ask()
  expect([answer.status, await answer.json()]).toMatchObject([
    504,
    { code: 'issuer-silent', definite: false },
  ])
})

test.each([
  ['no answer', silent],
  ['an answer that is not definite', lost],
])('a refusal after %s is no proof that nothing was issued', async (_, first) => {
  const { ask } = gateway([first, empty], { retries: 1 })
  expect(await (await ask()).json()).toMatchObject({ code: 'issuer-silent', definite: false })
  expect((await gateway([first, issued]).ask()).status).toBe(201)
  expect((await gateway([away, empty], { retries: 1 }).ask()).status).toBe(409)
})

test('no partner waits longer than the deadline, however many tries are left', async () => {
  const slow = gateway([silent], { retries: 20, deadlineMs: 2500 }, { tryMs: 1000 })
  expect((await slow.ask()).status).toBe(504)
  expect(slow.seen.tries).toHaveLength(3)
  const patient = gateway([empty], { retries: 20, backoffMs: 1000, deadlineMs: 2500 })
  expect((await patient.ask()).status).toBe(409)
  expect(patient.seen.waitsMs.reduce((sum, ms) => sum + ms, 0)).toBeLessThan(2500)
})

test('each partner has its own rate, which no other client can use up', async () => {
  const { ask, seen, counts } = gateway([issued], {}, { ratePerSecond: 2 })
  for (const key of ['guess', 'guess', 'guess']) await ask(asked, key)
  expect([seen.sent.splice(0).length, counts.limited]).toEqual([2, 1])
  const statuses = await Promise.all([ask(), ask(), ask()].map(async (one) => (await one).status))
  expect(statuses.toSorted()).toEqual([201, 201, 429])
  expect((await ask({ ...asked, partner: 'partner-2' })).status).toBe(201)
  expect([seen.sent.length, counts]).toEqual([3, { asked: 7, limited: 2 }])
})

test.each([null, {}, { partner: 1 }, { partner: 'a b' }, []])('%j is refused', async (body) => {
  const { ask, seen } = gateway([issued])
  const answer = await ask(body)
  expect([answer.status, seen.sent.length]).toEqual([400, 0])
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
})
