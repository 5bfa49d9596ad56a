import { expect, test } from 'bun:test'
import type { Operation } from '../../loadtests/crowd/history.ts'
import { crowdWords, unexpectedIn } from './table-row.ts'

const operation = (changes: Partial<Operation>): Operation => ({
  ...{ outcome: 'fail', keys: [], status: 503, invokedMs: 0, doneMs: 1, attempts: 2 },
  ...changes,
})
const code = 'pool-exhausted'

test('a row has why journeys failed, the most frequent reason first', () => {
  const history = [
    { outcome: 'paid' as const },
    { outcome: 'failed' as const },
    { outcome: 'failed' as const, order: operation({ code }) },
    { outcome: 'failed' as const, order: operation({}), payment: operation({ code }) },
    { outcome: 'unknown' as const, order: operation({ outcome: 'info', status: 0 }) },
    { outcome: 'unknown' as const, order: operation({ outcome: 'info', status: 202 }) },
  ]
  expect(crowdWords(history)).toBe(
    '6 journeys, 1 paid, 3 failed (pool-exhausted 2, before ordering 1), ' +
      '2 unknown (202 1, no answer 1)',
  )
  expect(crowdWords([{ outcome: 'paid' }])).toBe('1 journeys, 1 paid, 0 failed, 0 unknown')
})

test('what the shop had no name for is found', () => {
  const history = ['internal', code].map((one) => ({
    ...{ outcome: 'failed' as const, order: operation({ code: one }) },
  }))
  expect(unexpectedIn(history)).toEqual(history.slice(0, 1))
})
