import { expect, test } from 'bun:test'
import { amount, duration, interval, percent, times } from './format.ts'

test('figures carry three digits and their unit', () => {
  expect([0, 7, 4568, 3.98, 34.42, 3456.7].map(amount)).toEqual([
    '0',
    '7',
    '4,568',
    '3.98',
    '34.4',
    '3,457',
  ])
  expect([2.5, 146, 999, 4820, 126_000].map(duration)).toEqual([
    '2.50 ms',
    '146 ms',
    '999 ms',
    '4.82 s',
    '2.10 min',
  ])
  expect([0.0437, 0.5, 8.64, 20, 1200].map(times)).toEqual([
    '0.044 ×',
    '0.50 ×',
    '8.64 ×',
    '20.0 ×',
    '1200 ×',
  ])
  expect(interval({ value: 2, low: 1.5, high: 2.5 })).toBe('2.00 × (1.50 to 2.50)')
})

test('a percentage never rounds to all or nothing', () => {
  expect([100, 99.999, 99.4, 17.1, 0.001, 0].map(percent)).toEqual([
    '100 %',
    '99.99 %',
    '99.40 %',
    '17.1 %',
    '0.01 %',
    '0 %',
  ])
})
