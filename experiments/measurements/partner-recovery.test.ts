import { expect, test } from 'bun:test'
import { type Given, recoveryMs } from './partner-recovery.ts'

/** Ten coupons every ten milliseconds, 1,000 per second. */
const steady = (fromMs: number, toMs: number): Given[] =>
  Array.from({ length: (toMs - fromMs) / 10 }, (_, at) => ({
    atMs: fromMs + at * 10,
    coupons: 10,
  }))

test('goodput is back with the first answer of a stretch that is as before', () => {
  const given = [...steady(0, 1000), ...steady(5300, 6500)]
  expect(recoveryMs(given, 5000, 1000)).toBe(300)
})

test('with a pool that was never empty it is there with the next answer', () => {
  expect(recoveryMs(steady(0, 3000), 1005, 1000)).toBe(5)
})

test('a few coupons are no goodput, and it may never come back', () => {
  const trickle = Array.from({ length: 10 }, (_, at) => ({ atMs: 5000 + at * 500, coupons: 10 }))
  expect(recoveryMs([...steady(0, 1000), ...trickle], 5000, 1000)).toBeNull()
  expect(recoveryMs([...trickle, ...steady(12_000, 13_000)], 5000, 1000)).toBe(7000)
  expect(recoveryMs([], 5000, 1000)).toBeNull()
})
