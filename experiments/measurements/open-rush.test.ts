import { expect, test } from 'bun:test'
import { firstComeShare } from './open-rush.ts'

test('first come first served is 1, last come first served below 0', () => {
  expect(firstComeShare(100, [2, 0, 1])).toBeCloseTo(1, 10)
  expect(firstComeShare(100, [99, 98, 97])).toBeLessThan(-0.9)
})

test('winners that are spread evenly show no order of arrival', () => {
  const spread = Array.from({ length: 10 }, (_, index) => 5 + index * 10)
  expect(Math.abs(firstComeShare(100, spread))).toBeLessThan(0.05)
})
