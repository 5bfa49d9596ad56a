import { expect, test } from 'bun:test'
import { type Failing, failingTable, flawsOf } from './failing-handler.ts'

const right: Failing = {
  ...{ paid: 10, dead: 10, alerts: 10, seconds: 4.25, findings: [] },
  tries: Array.from({ length: 10 }, () => 3),
}

test('orders that are paid, tried three times and reported are as the source has it', () => {
  expect(flawsOf(right)).toEqual([])
})

test.each([
  [
    'an order that is not paid',
    { paid: 9, dead: 9, tries: right.tries.slice(1), alerts: 9 },
    'paid: 9',
  ],
  ['an effect that is lost', { dead: 9, tries: right.tries.slice(1), alerts: 9 }, 'dead: 9'],
  ['a try too few', { tries: [...right.tries.slice(1), 2] }, 'tries: 3'],
  ['a message that never came', { alerts: 9 }, 'alerts: 9'],
])('%s is named', (_, change, flaw) => {
  expect(flawsOf({ ...right, ...change })).toEqual([expect.stringContaining(flaw)])
})

test('the table has a line for each design', () => {
  const none = { ...right, paid: 0, dead: 0, tries: [], alerts: 0 }
  const { groups } = failingTable({ outbox: right, inline: none })
  expect(groups[0]?.rows.map(({ cells }) => cells)).toEqual([
    ['outbox', '10 of 10', '10', '3', '10', '4.3 s'],
    ['inline', '0 of 10', '0', '–', '0', '4.3 s'],
  ])
})
