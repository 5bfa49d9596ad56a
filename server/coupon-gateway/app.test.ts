import { expect, test } from 'bun:test'
import { jsonRequest } from '../testing/app-for-test.ts'
import { createGatewayApp } from './app.ts'
import { createIssuerClient, type RetryPolicy, type TryOutcome } from './issuer-client.ts'

const asS2: RetryPolicy = { retries: 3, backoffMs: 0, retriesEmpty: true, timeoutMs: 1000 }
const asked = { partner: 'partner-1', product: '1', quantity: 2, requestId: 'r-1' }

const empty = () =>
  Response.json({ code: 'coupon-pool-empty' }, { status: 409, headers: { 'retry-after': '2' } })
const issued = () => Response.json({ coupons: [] }, { status: 201 })
const away = () => Response.json({ code: 'overloaded' }, { status: 503 })
const silent = () => {
  throw new Error('no answer')
}

/** A gateway before an issuer that answers in turn, the last answer for good. */
function gateway(
  answers: (() => Response)[],
  policy: Partial<RetryPolicy> = {},
  ratePerSecond = 0,
) {
  const seen = { sent: [] as RequestInit[], tries: [] as TryOutcome[], waitsMs: [] as number[] }
  const counts = { asked: 0, limited: 0 }
  const askIssuer = createIssuerClient({
    url: 'http://issuer.test',
    policy: { ...asS2, ...policy },
    onTry: (outcome) => seen.tries.push(outcome),
    sleep: async (ms) => void seen.waitsMs.push(ms),
    async send(_url, init) {
      seen.sent.push(init)
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
  const ask = (body: unknown = asked) =>
    app.request('/api/v1/coupons', jsonRequest('POST', body, { 'x-partner-key': 'k' }))
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

test('each partner has its own rate', async () => {
  const { ask, seen, counts } = gateway([issued], {}, 2)
  const statuses = await Promise.all([ask(), ask(), ask()].map(async (one) => (await one).status))
  expect(statuses.toSorted()).toEqual([201, 201, 429])
  expect((await ask({ ...asked, partner: 'partner-2' })).status).toBe(201)
  expect([seen.sent.length, counts]).toEqual([3, { asked: 4, limited: 1 }])
})

test.each([null, {}, { partner: 1 }, { partner: 'a b' }, []])('%j is refused', async (body) => {
  const { ask, seen } = gateway([issued])
  const answer = await ask(body)
  expect([answer.status, seen.sent.length]).toEqual([400, 0])
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
})
