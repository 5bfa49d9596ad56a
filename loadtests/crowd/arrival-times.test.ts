import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { arrivalTimes } from './arrival-times.ts'
import { scenarioNames, scenarios } from './profiles.ts'

const even = { arrivals: 'even', seed: 1 } as const
const evenTimes = (stages: Parameters<typeof arrivalTimes>[0]) => [...arrivalTimes(stages, even)]

test('a steady crowd comes at even distances, the last one with the last second', () => {
  const stages = scenarios.smoke.stages(4, 2)
  expect(evenTimes(stages)).toEqual([0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2])
})

test('a ramp from nothing: journey n comes when n fit under the curve', () => {
  const times = evenTimes([{ durationSeconds: 2, targetRate: 4 }])
  const expected = [1, 2, 3, 4].map((area) => Math.sqrt(area))
  expect(times).toHaveLength(4)
  for (const [at, time] of times.entries()) expect(time).toBeCloseTo(expected[at] ?? 0, 9)
})

test('the sale of 500/s in 4 s has as many arrivals as k6 counted', () => {
  expect(evenTimes(scenarios['flash-sale'].stages(500, 4))).toHaveLength(1405)
})

describe.each(scenarioNames)('%s', (name) => {
  const crowd = [fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 30 })] as const

  test('plans what arrives: whole, in order, within its time, never above the rate', () => {
    fc.assert(
      fc.property(...crowd, (rate, seconds) => {
        const stages = scenarios[name].stages(rate, seconds)
        const times = evenTimes(stages)
        const wrong = times.findIndex(
          (time, at) => time > seconds + 1e-9 || time < (times[at - 1] ?? 0) + 0.99 / rate,
        )
        // The first arrival may come early: nothing was there before it.
        expect(wrong).toBeLessThanOrEqual(0)
        expect(stages.every(({ targetRate }) => Number.isInteger(targetRate))).toBe(true)
        expect(scenarios[name].describe(rate, seconds)).toContain(`${rate}`)
      }),
    )
  })

  test('comes at random moments in order and within its time, the same for the same seed', () => {
    fc.assert(
      fc.property(...crowd, fc.nat(), (rate, seconds, seed) => {
        const stages = scenarios[name].stages(rate, seconds)
        const times = [...arrivalTimes(stages, { arrivals: 'poisson', seed })]
        expect(times).toEqual([...arrivalTimes(stages, { arrivals: 'poisson', seed })])
        expect(times.every((time, at) => time >= (times[at - 1] ?? 0))).toBe(true)
        expect(times.at(-1) ?? 0).toBeLessThanOrEqual(seconds + 1e-9)
      }),
    )
  })
})

describe('random arrivals', () => {
  const stages = scenarios['flash-sale'].stages(40, 10)
  const crowds = Array.from({ length: 2000 }, (_, seed) => [
    ...arrivalTimes(stages, { arrivals: 'poisson', seed }),
  ])

  // Areas under the curve: 6/s, a rise to 40/s from 2 s to 3 s, held until 8 s, down to 6/s.
  test.each([
    ['before the sale', 0, 2, 12],
    ['the rise', 2, 3, 23],
    ['a second of the peak', 5, 6, 40],
    ['a tenth of one', 5, 5.1, 4],
    ['the whole crowd', 0, 10, 281],
  ])('are Poisson in %s: mean and variance are the area', (_, from, to, area) => {
    const counts = crowds.map((times) => times.filter((at) => at > from && at <= to).length)
    const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length
    const squares = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0)
    // Four standard errors, of the mean and of the index of dispersion; the seeds are fixed.
    expect(Math.abs(mean - area)).toBeLessThan(4 * Math.sqrt(area / counts.length))
    const dispersion = squares / (counts.length - 1) / area
    expect(Math.abs(dispersion - 1)).toBeLessThan(4 * Math.sqrt(2 / counts.length))
  })

  test('do not know of each other: what came says nothing of what comes', () => {
    const pairs = crowds.map((times) => {
      const count = (from: number) => times.filter((at) => at > from && at <= from + 1).length
      return (count(4) - 40) * (count(5) - 40)
    })
    const covariance = pairs.reduce((sum, product) => sum + product, 0) / pairs.length
    expect(Math.abs(covariance)).toBeLessThan((4 * 40) / Math.sqrt(pairs.length))
  })

  test('are other ones with another seed', () => {
    expect(new Set(crowds.map((times) => times.join())).size).toBe(crowds.length)
  })
})
