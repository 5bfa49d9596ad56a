import { describe, expect, test } from 'bun:test'
import {
  customerWho,
  payment,
  problem,
  runJourney,
  scriptedHttp,
} from '../testing/scripted-http.ts'
import { defaultPolicy } from './client-policy.ts'
import type { Answer } from './http.ts'

const buyer = customerWho((it) => it.leaves === 'never' && it.buysAtOnce && !it.sendsTwice)
const payer = customerWho((it) => it.leaves === 'never' && !it.buysAtOnce && !it.sendsTwice)
const lost: Answer = { status: 0 }

const intake = (status: string, more: object = {}) => ({ intakeId: '9', status, ...more })
const taken: Answer = { status: 202, retryAfter: '1', body: intake('waiting') }
const waiting: Answer = { ...taken, status: 200 }
const order = { id: '55', status: 'paid', totalMinor: 900, payment: payment('captured') }
const placed: Answer = { status: 200, body: intake('placed', { order }) }
const refused = (code: string): Answer => ({
  status: 200,
  body: intake('refused', { problem: problem(409, code, true).body }),
})

describe('an order that was taken in', () => {
  test('is asked for, as often as the shop says, until it is placed', async () => {
    const http = scriptedHttp({ order: [taken], intake: [waiting, lost, placed] })
    const record = await runJourney(http, buyer)
    expect(http.requests.at(-1)?.path).toBe('/api/v1/intakes/9')
    expect(http.pausesMs).toEqual([1000, 1000, defaultPolicy.baseMs])
    expect(record).toMatchObject({
      outcome: 'paid',
      checkoutMs: 2240,
      order: { outcome: 'ok', id: '55', intake: '9', status: 201, attempts: 1, amountMinor: 900 },
    })
  })

  test('is paid for once it is placed, where it is not paid yet', async () => {
    const body = intake('placed', { order: { id: '55', status: 'pending', totalMinor: 900 } })
    const http = scriptedHttp({ order: [taken], intake: [{ status: 200, body }] })
    expect(await runJourney(http, payer)).toMatchObject({ outcome: 'paid', payment: { id: '77' } })
    expect(http.requests.at(-1)?.name).toBe('pay')
  })

  test('may have ended already, where it is asked for again', async () => {
    const http = scriptedHttp({ order: [lost, { ...placed, status: 202 }] })
    const record = await runJourney(http, buyer)
    expect(record).toMatchObject({ outcome: 'paid', order: { outcome: 'ok', intake: '9' } })
  })

  test.each([
    ['sold-out', 'soldOut'],
    ['cart-changed', 'failed'],
    ['intake-expired', 'failed'],
  ] as const)('is refused: %s', async (code, outcome) => {
    const http = scriptedHttp({ order: [taken], intake: [refused(code)] })
    const order = { outcome: 'fail', status: 409, code, intake: '9' }
    expect(await runJourney(http, buyer)).toMatchObject({ outcome, order })
  })

  test('is followed for so long and no longer, whatever the client’s back-off', async () => {
    for (const backoff of ['exponential', 'none'] as const) {
      const asked = Array.from({ length: 500 }, () => waiting)
      const http = scriptedHttp({ order: [taken], intake: asked })
      const policy = { ...defaultPolicy, backoff }
      const record = await runJourney(http, buyer, { policy })
      expect(record).toMatchObject({ outcome: 'unknown', order: { outcome: 'info', intake: '9' } })
      expect(record.endedMs - record.startedMs).toBeLessThanOrEqual(21_000)
      expect(http.requests.length).toBeLessThan(110)
    }
  })

  test.each([
    { ...intake('placed'), order: {} },
    { ...intake('refused'), problem: {} },
    { ...intake('lost') },
    { ...intake('waiting'), intakeId: 9 },
  ])('is not understood where its answer is not whole: %j', async (body) => {
    const http = scriptedHttp({
      order: [
        { status: 202, body },
        { status: 202, body },
      ],
    })
    expect(await runJourney(http, buyer)).toMatchObject({ outcome: 'unknown' })
  })
})
