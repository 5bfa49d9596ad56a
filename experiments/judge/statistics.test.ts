import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { noiseFloorOf, percentile, relativeDifference } from './statistics.ts'

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
})
