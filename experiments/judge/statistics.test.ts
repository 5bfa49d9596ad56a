import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { journeyRandom } from '../../loadtests/crowd/random.ts'
import { directionOf, noiseFloorOf, percentile, ratioOf, relativeDifference } from './statistics.ts'

const positive = fc.double({ min: 0.01, max: 1000, noNaN: true })

describe('percentile', () => {
  test('is the nearest rank: NIST and Wikipedia examples', () => {
    const five = [15, 20, 35, 40, 50]
    expect([0.05, 0.3, 0.4, 0.5, 1].map((share) => percentile(five, share))).toEqual([
      15, 20, 20, 35, 50,
    ])
  })

  test('is not one rank too high where binary fractions are inexact', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => index + 1)
    expect([0.07, 0.29, 0.57, 0.99].map((share) => percentile(hundred, share))).toEqual([
      7, 29, 57, 99,
    ])
  })

  test('is a measured value with enough samples at or below it, and grows with the share', () => {
    const share = fc.double({ min: 0.001, max: 1, noNaN: true })
    fc.assert(
      fc.property(fc.array(positive, { minLength: 1 }), share, share, (samples, one, other) => {
        const value = percentile(samples, one)
        const below = samples.filter((sample) => sample <= value).length
        expect(samples).toContain(value)
        expect(below / samples.length).toBeGreaterThanOrEqual(one - 1e-6)
        const higher = percentile(samples, Math.max(one, other))
        expect(higher).toBeGreaterThanOrEqual(percentile(samples, Math.min(one, other)))
      }),
    )
  })

  test('refuses no samples and impossible shares', () => {
    expect(() => percentile([], 0.5)).toThrow(RangeError)
    expect(() => percentile([1], 0)).toThrow(RangeError)
    expect(() => percentile([1], 1.1)).toThrow(RangeError)
  })
})

describe('ratioOf', () => {
  test('takes the median, untouched by one wild pair', () => {
    expect(ratioOf([2, 2.1, 1.9, 2, 2.05, 90], 1).value).toBeCloseTo(2.025, 2)
  })

  test('weighs doubling and halving the same', () => {
    expect(ratioOf([0.5, 2], 1).value).toBeCloseTo(1, 12)
  })

  test('is the same for the same seed, and inside the pairs', () => {
    const pairs = fc.array(positive, { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(pairs, fc.nat(), (ratios, seed) => {
        const ratio = ratioOf(ratios, seed)
        expect(ratioOf(ratios, seed)).toEqual(ratio)
        expect(ratio.low).toBeGreaterThanOrEqual(Math.min(...ratios) * (1 - 1e-9))
        expect(ratio.high).toBeLessThanOrEqual(Math.max(...ratios) * (1 + 1e-9))
        expect(ratio.low).toBeLessThanOrEqual(ratio.value)
        expect(ratio.value).toBeLessThanOrEqual(ratio.high)
      }),
      { numRuns: 15 },
    )
  })

  test('covers the truth in most of 40 noisy sessions of eight pairs', () => {
    const random = journeyRandom(11, 0)
    const covered = Array.from({ length: 40 }, (_, session) => {
      const noise = () => (random() + random() + random() - 1.5) * 0.3
      const pairs = Array.from({ length: 8 }, () => 3 * Math.exp(noise()))
      const { low, high } = ratioOf(pairs, session)
      return low <= 3 && 3 <= high
    }).filter(Boolean).length
    expect(covered).toBeGreaterThanOrEqual(34)
  })

  test('refuses nothing, zero and infinity', () => {
    for (const ratios of [[], [0], [1, Number.POSITIVE_INFINITY], [Number.NaN]]) {
      expect(() => ratioOf(ratios, 1)).toThrow(RangeError)
    }
  })
})

describe('noise', () => {
  test('is the largest step between consecutive blocks of one arm, never across arms', () => {
    expect(
      noiseFloorOf([
        [10, 11, 10],
        [50, 60],
      ]),
    ).toBeCloseTo(0.2, 12)
    expect(noiseFloorOf([[10], [50]])).toBeNull()
    expect(noiseFloorOf([])).toBeNull()
  })

  test('is the same both ways', () => {
    fc.assert(
      fc.property(positive, positive, (a, b) => {
        expect(relativeDifference(a, b)).toBe(relativeDifference(b, a))
      }),
    )
  })

  test('a direction needs the whole interval beyond one and the noise', () => {
    expect(directionOf({ value: 1.3, low: 1.2, high: 1.4 }, 0.1)).toBe('higher')
    expect(directionOf({ value: 1.3, low: 1.05, high: 1.4 }, 0.1)).toBe('none')
    expect(directionOf({ value: 0.5, low: 0.4, high: 0.6 }, 0.1)).toBe('lower')
    expect(directionOf({ value: 0.5, low: 0.4, high: 0.95 }, 0.1)).toBe('none')
    expect(directionOf({ value: 1, low: 0.99, high: 1.01 }, 0)).toBe('none')
  })
})
