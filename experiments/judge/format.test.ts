import { expect, test } from 'bun:test'
import { amount, duration, interval, percent, times } from './format.ts'

const shown = (figures: number[], format: (figure: number) => string) =>
  figures.map(format).join(' | ')

test('figures carry three digits and their unit', () => {
  expect(shown([0, 7, 4568], amount)).toBe('0 | 7 | 4,568')
  expect(shown([3.98, 34.42, 3456.7], amount)).toBe('3.98 | 34.4 | 3,457')
  expect(shown([2.5, 146, 999], duration)).toBe('2.50 ms | 146 ms | 999 ms')
  expect(shown([4820, 126_000], duration)).toBe('4.82 s | 2.10 min')
  expect(shown([0.0437, 0.5, 8.64], times)).toBe('0.044 × | 0.50 × | 8.64 ×')
  expect(shown([20, 1200], times)).toBe('20.0 × | 1200 ×')
  expect(interval({ value: 2, low: 1.5, high: 2.5 })).toBe('2.00 × (1.50 to 2.50)')
})

test('a percentage never rounds to all or nothing', () => {
  expect(shown([100, 99.999, 99.4], percent)).toBe('100 % | 99.99 % | 99.40 %')
  expect(shown([17.1, 0.001, 0], percent)).toBe('17.1 % | 0.01 % | 0 %')
})
