import { expect, test } from 'bun:test'
import type { JourneyOutcome, JourneyRecord } from '../../loadtests/crowd/history.ts'
import type { Limit } from './condition.ts'
import { type Customers, judgeLimit, measure, stretchesOf } from './measure.ts'

function journey(startedMs: number, tookMs: number, outcome: JourneyOutcome): JourneyRecord {
  return {
    ...{ index: startedMs, userId: '1', startedMs, endedMs: startedMs + tookMs, outcome },
    ...{ checkoutMs: tookMs, attempts: 6, intents: 3 },
  }
}

/** One a second for ten seconds; those of the last five are answered by errors. */
const customers: Customers = {
  dueMs: Array.from({ length: 10 }, (_, at) => at * 1000),
  history: Array.from({ length: 10 }, (_, at) =>
    journey(at * 1000, 100 * (at + 1), at < 5 ? 'paid' : 'failed'),
  ),
}
const all = { fromMs: 0, toMs: 10_000 }

test.each([
  ['served', 50],
  ['errors', 50],
  ['goodput', 0.5],
  ['attempts', 2],
  ['p50', 500],
  ['p95', Number.POSITIVE_INFINITY],
] as const)('%s over all that came is %d', (signal, value) => {
  expect(measure(signal, customers, all)).toBe(value)
})

test('who was never sent, or has no end, was not served', () => {
  const few = { ...customers, history: customers.history.slice(0, 2) }
  expect(measure('served', few, all)).toBe(20)
  expect(measure('errors', few, all)).toBe(80)
  expect(measure('p50', few, all)).toBe(Number.POSITIVE_INFINITY)
})

test('a window in which no customer came has no data', () => {
  expect(measure('served', customers, { fromMs: 20_000, toMs: 30_000 })).toBeNull()
  expect(measure('attempts', { ...customers, history: [] }, all)).toBeNull()
})

test('the last stretch ends with the window', () => {
  expect(stretchesOf({ fromMs: 0, toMs: 7 }, 3)).toEqual([
    { fromMs: 0, toMs: 3 },
    { fromMs: 3, toMs: 6 },
    { fromMs: 4, toMs: 7 },
  ])
  expect(stretchesOf({ fromMs: 0, toMs: 7 }, undefined)).toEqual([{ fromMs: 0, toMs: 7 }])
})

const served: Limit = { kind: 'limit', signal: 'served', comparison: '>=', limit: 40 }

test('a condition of every stretch is missed by one, which is the one shown', () => {
  expect(judgeLimit(served, customers, all, undefined)).toEqual({ holds: true, value: 50 })
  expect(judgeLimit(served, customers, all, 5000)).toEqual({ holds: false, value: 0 })
})

test('a stretch without data is a miss', () => {
  const late = { fromMs: 0, toMs: 20_000 }
  expect(judgeLimit(served, customers, late, 5000)).toEqual({ holds: false, value: null })
})
