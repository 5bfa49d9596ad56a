import { expect, test } from 'bun:test'
import { defaultPolicy } from './client-policy.ts'
import { inFlightMax, peakOf, scenarios } from './profiles.ts'

test.each([
  ['smoke', { fromSeconds: 0, toSeconds: 10 }],
  ['flash-sale', { fromSeconds: 3, toSeconds: 8 }],
  ['overload', { fromSeconds: 3, toSeconds: 6 }],
  ['full-flow', { fromSeconds: 6, toSeconds: 10 }],
] as const)('%s is at its peak for a while', (name, peak) => {
  const { fromSeconds, toSeconds } = peakOf(scenarios[name].stages(60, 10))
  expect(fromSeconds).toBeCloseTo(peak.fromSeconds)
  expect(toSeconds).toBeCloseTo(peak.toSeconds)
})

test('S3’s steps are 20, 50 and 100 of a peak of 100', () => {
  for (const name of ['full-flow', 'browse', 'top-up'] as const) {
    const flat = scenarios[name]
      .stages(100, 60)
      .filter(({ durationSeconds }) => durationSeconds > 0)
    expect(flat.map(({ targetRate }) => targetRate)).toEqual([20, 50, 100])
    expect(flat.map(({ durationSeconds }) => durationSeconds)).toEqual([18, 18, 24])
    expect(scenarios[name].describe(100, 60)).toContain(
      '20, then 50, then 100 journeys/s; 60 s in all',
    )
    expect(scenarios[name].stages(1, 3).every(({ targetRate }) => targetRate >= 1)).toBe(true)
  }
})

test('room for rate times the patience of a client, within bounds', () => {
  expect([1, 100, 10_000].map((rate) => inFlightMax(rate, defaultPolicy))).toEqual([50, 900, 1_200])
})
