import { expect, test } from 'bun:test'
import type { JourneyRecord } from '../../loadtests/crowd/history.ts'
import { crowdEnd } from './crowd.ts'
import { growthOf } from './inventory.ts'
import { auditWords, crowdWords, endWords, inventoryWords } from './words.ts'

const day = 24 * 3600
const found = { rows: 900, firstId: 101, lastId: 1100, largest: 1100, spanSeconds: 10 * day }

test('growth is that of the ids over the time of the rows, and three years are the lead', () => {
  expect(growthOf(found)).toEqual({ perYear: 36_500, start: 1_000_000_000 })
  const large = { ...found, lastId: 900_000_100, largest: 900_000_100, spanSeconds: 3 * 365 * day }
  expect(growthOf(large)).toEqual({ perYear: 300_000_000, start: 1_800_000_101 })
})

test('rows of less than a day, and none at all, tell no growth', () => {
  expect(growthOf({ ...found, spanSeconds: day - 1 }).perYear).toBeUndefined()
  const none = { rows: 0, firstId: 0, lastId: 0, largest: 0, spanSeconds: 0 }
  expect(growthOf(none)).toEqual({ perYear: undefined, start: 1_000_000_000 })
})

test('rows of another source than the row say nothing about its start', () => {
  expect(growthOf({ ...found, largest: 1_500_000_000 }).start).toBe(1_000_000_000)
})

const journey = (id: string, atMs: number): JourneyRecord => ({
  ...{ index: atMs, userId: '1', startedMs: atMs, endedMs: atMs + 9, outcome: 'paid' },
  ...{ checkoutMs: 9, attempts: 1, intents: 1 },
  order: {
    ...{ outcome: 'ok', keys: [`k${atMs}`], status: 201, id, attempts: 1 },
    ...{ invokedMs: atMs, doneMs: atMs + 9 },
  },
})

test('a crowd’s end has ids given twice, and later ids that are smaller', () => {
  const end = crowdEnd([journey('1000000000', 0), journey('8', 20), journey('8', 40)])
  expect(end).toMatchObject({ journeys: 3, paid: 3, failed: 0, twice: 1, inversions: 2 })
  expect(crowdWords(end).join('\n')).toContain('1 given twice; 2 of 2 smaller')
  expect(crowdEnd([journey('7', 0), journey('8', 20)])).toMatchObject({ twice: 0, inversions: 0 })
})

test('the words have who uses a sequence, where it begins, and how to go back', () => {
  const text = inventoryWords('payments', found, growthOf(found)).join('\n')
  expect(text).toContain('taken in server/flows/payment-rows.ts')
  expect(text).toContain('it grows by 36,500 ids a year')
  expect(text).toContain('the last payment of an order')
  expect(inventoryWords('payment_history', found, growthOf(found))).toContain(
    '  sorted by id: nothing',
  )
  const options = { arm: 'before', to: 'ticket-server', isBack: false, windowSeconds: 4 } as const
  const end = {
    sequence: 'orders',
    outcome: 'moves',
    retiredAt: 7,
    epoch: 3,
    largestId: 9,
  } as const
  const rest = { sequences: [], isProvoked: false, scenario: 'smoke', rate: 1, seed: 1 } as const
  const words = endWords(end, { ...options, ...rest })
  expect(words.join('\n')).toContain('./stampede fade-out orders --arm before --back')
  expect(auditWords({ design: 'before', findings: ['x: 1'], known: [] })).toContain('  x: 1')
  expect(auditWords(undefined).join()).toContain('none')
})
