import { expect, test } from 'bun:test'
import { levelOf, ramp } from './ramp.ts'

const level = (settings: object, elapsedMs: number, remainingMs: number) =>
  levelOf(ramp.parse(settings), elapsedMs, remainingMs)

test('without a ramp a fault bites with its whole probability', () => {
  expect(levelOf(undefined, 0, 1)).toBe(1)
  expect(level({}, 0, 0)).toBe(1)
})

test('rises from its start to 1, stays there, and sinks to its end', () => {
  const settings = { start: 0.2, upSeconds: 10, downSeconds: 20, end: 0.5 }
  const levels = [0, 5, 10, 40, 90, 100].map((second) =>
    level(settings, second * 1000, (100 - second) * 1000),
  )
  expect(levels.map((one) => one.toFixed(3))).toEqual([
    '0.200',
    '0.600',
    '1.000',
    '1.000',
    '0.750',
    '0.500',
  ])
})

test('never leaves its bounds, whatever the clock does', () => {
  expect(level({ upSeconds: 10 }, -5000, 1000)).toBe(0)
  expect(level({ downSeconds: 10 }, 1000, -5000)).toBe(0)
})
