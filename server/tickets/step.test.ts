import { expect, test } from 'bun:test'
import { createStep } from './step.ts'

test('doubles when a lease is used up fast, halves when it lasts long, within its bounds', () => {
  let nowMs = 0
  const step = createStep({ least: 100, most: 350, lastsMs: 1000, now: () => nowMs })
  const after = (ms: number) => {
    nowMs += ms
    step.leased()
    return step.current()
  }
  // The first lease does not show how long one lasts.
  expect(after(0)).toBe(100)
  expect([after(999), after(999), after(999)]).toEqual([200, 350, 350])
  expect([after(1000), after(2000)]).toEqual([350, 350])
  expect([after(2001), after(60_000), after(60_000)]).toEqual([175, 100, 100])
})
