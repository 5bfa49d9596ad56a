import { expect, test } from 'bun:test'
import type { Answer, Http } from './http.ts'
import { askUntilFull, type PartnerPlan } from './partner.ts'

const plan: PartnerPlan = {
  ...{ partner: 'partner-1', key: 'k', product: '1', wanted: 5, quantity: 2, requestIds: 'r' },
  policy: { backoff: 'asked', timeoutMs: 1000 },
  endsAtMs: 60_000,
  random: () => 0,
}

const issued: Answer = { status: 201, body: { coupons: [{ number: 'A' }, { number: 'B' }] } }
const empty: Answer = {
  status: 409,
  retryAfter: '2',
  body: { code: 'coupon-pool-empty', definite: true },
}

/** Answers in turn, the last one for good; time passes by pauses only. */
function scripted(answers: Answer[]) {
  let nowMs = 0
  let atOnce = 0
  const seen = { bodies: [] as { requestId: string }[], atOnceMax: 0, pausesMs: [] as number[] }
  const http: Http = {
    now: () => nowMs,
    async pause(milliseconds) {
      seen.pausesMs.push(milliseconds)
      nowMs += milliseconds
    },
    async send({ body }) {
      seen.bodies.push(JSON.parse(body ?? ''))
      atOnce += 1
      seen.atOnceMax = Math.max(seen.atOnceMax, atOnce)
      await Promise.resolve()
      atOnce -= 1
      nowMs += 1
      return (answers.length > 1 ? answers.shift() : answers[0]) ?? { status: 0 }
    },
  }
  return { http, seen }
}

test('asks three times at once, until it has its quantity', async () => {
  const { http, seen } = scripted([issued])
  const record = await askUntilFull(http, { ...plan, wanted: 20 })
  expect([record.sent, seen.atOnceMax, record.doneMs]).toEqual([10, 3, 10])
  expect(new Set(seen.bodies.map(({ requestId }) => requestId)).size).toBe(10)
})

test('sends no request before it is due, and none once its time is over', async () => {
  const { http, seen } = scripted([issued])
  const dueMs = (request: number) => request * 100
  const record = await askUntilFull(http, { ...plan, wanted: 20, endsAtMs: 450, dueMs })
  expect(record.sent).toBeLessThanOrEqual(5)
  expect(record.doneMs).toBeNull()
  expect(seen.pausesMs.every((ms) => ms > 0 && ms <= 450)).toBe(true)
})

test('gives up at once where it is stopped', async () => {
  const { http, seen } = scripted([empty])
  const over = { aborted: false }
  const pause = http.pause
  http.pause = async (milliseconds) => {
    over.aborted = true
    await pause(milliseconds)
  }
  const record = await askUntilFull(http, { ...plan, over })
  expect([record.doneMs, seen.bodies.length]).toEqual([null, 3])
})

test('asks again under the same request id, after the time that the answer names', async () => {
  const { http, seen } = scripted([empty, empty, empty, issued])
  const record = await askUntilFull(http, plan)
  expect(record.sent).toBe(6)
  expect(new Set(seen.bodies.map(({ requestId }) => requestId)).size).toBe(3)
  expect(seen.pausesMs).toEqual([1000, 1000, 1000])
})

test('without back-off it asks again at once', async () => {
  const { http, seen } = scripted([empty, { status: 0 }, issued])
  await askUntilFull(http, { ...plan, policy: { backoff: 'none', timeoutMs: 1000 } })
  expect(seen.pausesMs).toEqual([])
})

test('gives up when its time is over, and knows what was refused for good', async () => {
  const { http } = scripted([{ status: 0 }, empty])
  const record = await askUntilFull(http, { ...plan, wanted: 2, endsAtMs: 500 })
  expect(record).toMatchObject({ doneMs: null, requests: [{ isRefused: true }] })
  const { http: silent } = scripted([{ status: 0 }])
  const unknown = await askUntilFull(silent, { ...plan, wanted: 2, endsAtMs: 100 })
  expect(unknown.requests).toMatchObject([{ isRefused: false }])
})
