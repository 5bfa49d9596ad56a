import { expect, test } from 'bun:test'
import { defaultPolicy } from './client-policy.ts'
import { inFlightMax, peakOf, scenarios } from './profiles.ts'

test.each([
  ['smoke', { fromSeconds: 0, toSeconds: 10 }],
  ['flash-sale', { fromSeconds: 3, toSeconds: 8 }],
  ['overload', { fromSeconds: 3, toSeconds: 6 }],
] as const)('%s is at its peak for a while', (name, peak) => {
  const { fromSeconds, toSeconds } = peakOf(scenarios[name].stages(60, 10))
  expect(fromSeconds).toBeCloseTo(peak.fromSeconds)
  expect(toSeconds).toBeCloseTo(peak.toSeconds)
})

test('room for rate times the patience of a client, within bounds', () => {
  expect([1, 100, 10_000].map((rate) => inFlightMax(rate, defaultPolicy))).toEqual([50, 900, 1_200])
})
