import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { defaultPolicy } from './client-policy.ts'
import {
  arrivalTimes,
  inFlightMax,
  peakOf,
  plannedJourneys,
  scenarioNames,
  scenarios,
} from './profiles.ts'

test('a steady crowd comes at even distances, the last one with the last second', () => {
  const stages = scenarios.smoke.stages(4, 2)
  expect([...arrivalTimes(stages)]).toEqual([0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2])
})

test('a ramp from nothing: journey n comes when n fit under the curve', () => {
  const times = [...arrivalTimes([{ durationSeconds: 2, targetRate: 4 }])]
  const expected = [1, 2, 3, 4].map((area) => Math.sqrt(area))
  expect(times).toHaveLength(4)
  for (const [at, time] of times.entries()) expect(time).toBeCloseTo(expected[at] ?? 0, 9)
})

test('the sale of 500/s in 4 s has as many arrivals as k6 counted', () => {
  expect(plannedJourneys(scenarios['flash-sale'].stages(500, 4))).toBe(1405)
})

test.each([
  ['smoke', { fromSeconds: 0, toSeconds: 10 }],
  ['flash-sale', { fromSeconds: 3, toSeconds: 8 }],
  ['overload', { fromSeconds: 3, toSeconds: 6 }],
] as const)('%s is at its peak for a while', (name, peak) => {
  const { fromSeconds, toSeconds } = peakOf(scenarios[name].stages(60, 10))
  expect(fromSeconds).toBeCloseTo(peak.fromSeconds)
  expect(toSeconds).toBeCloseTo(peak.toSeconds)
})

describe.each(scenarioNames)('%s', (name) => {
  test('plans what arrives: whole, in order, within its time, never above the rate', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        fc.integer({ min: 1, max: 30 }),
        (rate, seconds) => {
          const stages = scenarios[name].stages(rate, seconds)
          const times = [...arrivalTimes(stages)]
          expect(times).toHaveLength(plannedJourneys(stages))
          const wrong = times.findIndex(
            (time, at) => time > seconds + 1e-9 || time < (times[at - 1] ?? 0) + 0.99 / rate,
          )
          // The first arrival may come early: nothing was there before it.
          expect(wrong).toBeLessThanOrEqual(0)
          expect(stages.every(({ targetRate }) => Number.isInteger(targetRate))).toBe(true)
          expect(scenarios[name].describe(rate, seconds)).toContain(`${rate}`)
        },
      ),
    )
  })
})

test('room for rate times the patience of a client, within bounds', () => {
  expect([1, 100, 10_000].map((rate) => inFlightMax(rate, defaultPolicy))).toEqual([50, 900, 1_200])
})
