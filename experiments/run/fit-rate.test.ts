import { describe, expect, test } from 'bun:test'
import { fixtureJourney } from '../testing/fixture-blocks.ts'
import {
  type FitProbe,
  fitShapes,
  foundRate,
  foundRateWords,
  nextFitProbe,
  rateOf,
  servedPerSecondOf,
} from './fit-rate.ts'

/** Probes of a shop that serves so much a second and no more. */
function probesOf(capacity: number, { ratio } = fitShapes.usual): FitProbe[] {
  const probes: FitProbe[] = []
  for (let rate = nextFitProbe(probes, ratio); rate !== null; rate = nextFitProbe(probes, ratio)) {
    probes.push({ rate, servedPerSecond: Math.min(rate, capacity) })
  }
  return probes
}

describe('the rate that fits a machine', () => {
  test.each([
    [12, 7, 1],
    [52, 31, 1],
    [114, 68, 2],
    [250, 150, 3],
    [900, 540, 5],
  ])('that serves %d/s is %d/s, found by %d probes', (capacity, rate, count) => {
    const probes = probesOf(capacity)
    expect(probes).toHaveLength(count)
    expect(rateOf(foundRate(probes, 60))).toBe(rate)
    expect(foundRate(probes, 60).isAtLeast).toBe(false)
  })

  test('takes fewer probes in a quick run', () => {
    expect(probesOf(900, fitShapes.quick)).toHaveLength(3)
  })

  test('of a machine that no probe fills is a lower bound', () => {
    const found = foundRate(probesOf(1e6), 60)
    expect(found.isAtLeast).toBe(true)
    expect(foundRateWords(found, 'after')).toContain('after serves at least 1280 journeys/s here')
  })

  test('of a shop that serves nothing is still a crowd', () => {
    expect(rateOf(foundRate(probesOf(0), 60))).toBe(2)
  })
})

test('served a second: right answers in the time of the crowd, once it has settled', () => {
  const journeys = [500, 1500, 2500, 3500, 4500].map((atMs, index) =>
    fixtureJourney({ index, startedMs: 10_000 + index, endedMs: 10_000 + atMs }),
  )
  const failed = fixtureJourney({ index: 9, startedMs: 10_000, endedMs: 12_000, outcome: 'failed' })
  const left = fixtureJourney({ index: 10, startedMs: 10_000, endedMs: 12_000, outcome: 'left' })
  expect(servedPerSecondOf([...journeys, failed], 4)).toBe(1)
  expect(servedPerSecondOf([...journeys, left], 4)).toBeCloseTo(4 / 3, 10)
  expect(servedPerSecondOf([], 4)).toBe(0)
})
