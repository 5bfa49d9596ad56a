import { describe, expect, test } from 'bun:test'
import {
  chanceBeyond,
  decide,
  decideTogether,
  estimate,
  falseClaimShareMax,
  smallestVisible,
} from './inference.ts'
import { noises, SyntheticSessions } from './synthetic.ts'

const margin = 0.05
const sessions = 1_000
/** Three standard errors of a share of 95 % over so many sessions. */
const slack = 3 * Math.sqrt((0.95 * 0.05) / sessions)

const shareOf = (holds: () => boolean) =>
  Array.from({ length: sessions }, holds).filter(Boolean).length / sessions

describe('estimate', () => {
  test('is Student’s interval on logarithms: worked by hand', () => {
    // Logs -1, 0, 0, 0, 0, 1: mean 0, standard error 0.2582, t(0.975, 5) = 2.5706.
    const { value, low, high, coverage, pairs } = estimate([Math.exp(-1), 1, 1, 1, 1, Math.E])
    expect(value).toBeCloseTo(1, 12)
    expect(Math.log(low)).toBeCloseTo(-0.6637, 3)
    expect(Math.log(high)).toBeCloseTo(0.6637, 3)
    expect({ coverage, pairs }).toEqual({ coverage: 0.95, pairs: 6 })
  })

  test.each([1, 2, 5])('of %d pairs is their range, without a percentage', (pairs) => {
    const ratios = Array.from({ length: pairs }, (_, index) => 1 + index)
    expect(estimate(ratios)).toMatchObject({ low: 1, high: pairs, coverage: null, pairs })
  })

  test.each([[[]], [[1, 0]], [[1, -1]], [[1, Number.NaN]], [[1, Infinity]]])(
    'of %p is refused',
    (ratios) => {
      expect(() => estimate(ratios)).toThrow(RangeError)
    },
  )

  test.each(noises)('covers the truth as stated: %s', (noise) => {
    for (const pairs of [6, 7, 10, 20]) {
      const made = new SyntheticSessions(pairs)
      const share = shareOf(() => {
        const { low, high } = estimate(made.pairRatios(pairs, 0.1, 1.3, noise))
        return low <= 1.3 && 1.3 <= high
      })
      expect([pairs, share >= 0.95 - slack]).toEqual([pairs, true])
    }
  })
})

describe('decisions', () => {
  test.each([
    ['higher', [1.5, 1.6, 1.4, 1.5]],
    ['lower', [0.6, 0.7, 0.65, 0.6]],
    ['equivalent', [1, 1.01, 0.99, 1, 1.01, 0.99]],
    ['equivalent', [1.02, 1.02, 1.02, 1.02]],
    ['undecided', [1.3, 0.9, 1.2, 1]],
    ['undecided', [9, 9, 9]],
    ['higher', [1.2, 1.2, 1.2, 1.2]],
  ] as const)('%s: %p', (decision, ratios) => {
    expect(decide(ratios, margin)).toBe(decision)
  })

  test('two equal designs differ by either sentence in at most one rehearsal of twenty', () => {
    for (const [one, other] of [
      [0.1, 0.3],
      [0.3, 0.6],
    ] as const) {
      for (const pairs of [4, 6, 12]) {
        const made = new SyntheticSessions(pairs)
        const share = shareOf(() =>
          decideTogether(
            made.pairRatios(pairs, one, 1, 'normal'),
            made.pairRatios(pairs, other, 1, 'normal'),
            margin,
          ).some(({ decision }) => decision === 'higher' || decision === 'lower'),
        )
        expect([pairs, share <= falseClaimShareMax + slack]).toEqual([pairs, true])
      }
    }
  })

  test('a true gain of 1.3 × is found in four of five at six pairs, never less with more', () => {
    const found = [6, 8, 10, 20].map((pairs) => {
      const made = new SyntheticSessions(pairs)
      return shareOf(
        () =>
          decideTogether(
            made.pairRatios(pairs, 0.1, 1.3, 'normal'),
            made.pairRatios(pairs, 0.3, 1, 'normal'),
            margin,
          )[0].decision === 'higher',
      )
    })
    expect(found[0]).toBeGreaterThan(0.8 - slack)
    expect(found).toEqual(found.toSorted((a, b) => a - b))
  })

  test('the second claim has the whole error once the first is decided', () => {
    const second = [1.2, 1.6, 1.3, 1.9, 1.25, 1.7]
    expect(chanceBeyond(second, margin)).toBeGreaterThan(0.005)
    const beside = (first: number[]) => decideTogether(first, second, margin)
    const [gain, alone] = beside([2, 2.1, 2, 2.1, 2, 2.1])
    const [same, shared] = beside([1, 1, 1, 1, 1, 1])
    expect([gain.decision, alone.decision]).toEqual(['higher', 'higher'])
    expect([same.decision, shared.decision]).toEqual(['equivalent', 'undecided'])
    // What is not decided would have been from so much on, which is more than was seen.
    expect(shared.visible).toBeGreaterThan(estimate(second).value)
    expect(shared.visible).toBeGreaterThan(alone.visible ?? 9)
  })
})

describe('the smallest visible difference', () => {
  test('falls with more pairs, is the margin without noise, and null below four', () => {
    const ratios = (pairs: number) => new SyntheticSessions(3).pairRatios(pairs, 0.1, 1, 'normal')
    expect(smallestVisible(ratios(3), margin)).toBeNull()
    expect(smallestVisible([1, 1, 1, 1], margin)).toBeCloseTo(1.05, 12)
    expect(smallestVisible(ratios(40), margin) ?? 9).toBeLessThan(
      smallestVisible(ratios(6), margin) ?? 0,
    )
  })

  test('is found in about four of five', () => {
    const pairs = 8
    const made = new SyntheticSessions(5)
    const deviation = 0.1 * Math.SQRT2
    // t(0.975, 7) + t(0.8, 7), over the true standard error.
    const truth = (1 + margin) * Math.exp((2.3646 + 0.896) * (deviation / Math.sqrt(pairs)))
    const share = shareOf(
      () => decide(made.pairRatios(pairs, 0.1, truth, 'normal'), margin) === 'higher',
    )
    expect(share).toBeGreaterThan(0.72)
    expect(share).toBeLessThan(0.88)
  })
})
