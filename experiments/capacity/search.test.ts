import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { SearchBounds } from './options.ts'
import { found, nextRate, type Outcome, type Probe } from './search.ts'

const bounds: SearchBounds = { rateFrom: 20, rateMax: 2000, blocksMax: 14, ratioMax: 1.1 }

/** Searches an arm that answers as configured; all probes in order. */
function searched(answer: (rate: number, tries: number) => Outcome, limits = bounds): Probe[] {
  const probes: Probe[] = []
  for (let turn = 0; turn <= limits.blocksMax; turn += 1) {
    const rate = nextRate(probes, limits)
    if (rate === undefined) return probes
    const tries = probes.filter((probe) => probe.rate === rate).length
    probes.push({ rate, outcome: answer(rate, tries) })
  }
  throw new Error('the search has no end')
}

const upTo =
  (capacity: number) =>
  (rate: number): Outcome =>
    rate <= capacity ? 'held' : 'lost'
const ratesOf = (probes: Probe[]) => probes.map(({ rate }) => rate)

test('doubles until a rate is lost twice, then stays close to the border', () => {
  const probes = searched(upTo(100))
  expect(ratesOf(probes).slice(0, 5)).toEqual([20, 40, 80, 160, 160])
  for (const rate of ratesOf(probes).slice(6)) expect(rate).toBeWithin(80, 130)
  const { rate, low, high, isAtLeast, isComplete } = found(probes, bounds)
  expect(rate).toBeWithin(93, 108)
  expect([low <= 100, (high ?? 0) >= 100, isAtLeast, isComplete]).toEqual([true, true, false, true])
})

test('finds any border within its blocks, between the ends of its interval', () => {
  const property = fc.property(fc.integer({ min: 2, max: 999 }), (capacity) => {
    const { low, high, isComplete } = found(searched(upTo(capacity)), bounds)
    expect(isComplete).toBe(true)
    expect(low).toBeLessThanOrEqual(capacity)
    expect(high ?? 0).toBeGreaterThanOrEqual(capacity)
  })
  fc.assert(property, { numRuns: 40 })
})

test('always ends, whatever the answers are', () => {
  const outcome = fc.constantFrom<Outcome>('held', 'lost', 'unclear')
  fc.assert(
    fc.property(fc.array(outcome, { minLength: 14, maxLength: 14 }), (outcomes) => {
      const probes: Probe[] = []
      for (const one of outcomes) {
        const rate = nextRate(probes, bounds)
        if (rate === undefined) break
        expect(Number.isInteger(rate)).toBe(true)
        expect(rate).toBeWithin(1, bounds.rateMax + 1)
        probes.push({ rate, outcome: one })
      }
      expect(nextRate(probes.slice(0, 14), { ...bounds, blocksMax: probes.length })).toBeUndefined()
      const { rate, low, high } = found(probes, bounds)
      expect(low).toBeLessThanOrEqual(rate)
      if (high !== null) expect(high).toBeGreaterThanOrEqual(rate)
    }),
    { numRuns: 40 },
  )
})

describe('a border', () => {
  test('is not moved by one block that was lost for another reason', () => {
    const probes = searched((rate, tries) =>
      rate === 40 && tries === 0 ? 'lost' : upTo(100)(rate),
    )
    expect(found(probes, bounds).rate).toBeWithin(90, 112)
  })

  test('of one lost block is none: the arm holds at least what it held', () => {
    const { rate, high, isAtLeast, isComplete } = found(
      [
        { rate: 80, outcome: 'held' },
        { rate: 80, outcome: 'held' },
        { rate: 160, outcome: 'lost' },
      ],
      bounds,
    )
    expect({ rate, high, isAtLeast, isComplete }).toEqual({
      ...{ rate: 80, high: null, isAtLeast: true, isComplete: false },
    })
  })

  test('of the generator says at least', () => {
    const probes = searched((rate) => (rate <= 100 ? 'held' : 'unclear'))
    const { rate, high, isAtLeast } = found(probes, bounds)
    expect([rate >= 90 && rate <= 100, high, isAtLeast]).toEqual([true, null, true])
  })

  test('above the highest rate to try says at least, after a second run', () => {
    const limits = { ...bounds, rateMax: 70 }
    const probes = searched(upTo(1000), limits)
    expect(ratesOf(probes)).toEqual([20, 40, 70, 70])
    expect(found(probes, limits)).toMatchObject({ rate: 70, high: null, isComplete: true })
  })

  test('below one journey a second: nothing is held', () => {
    const probes = searched(upTo(0))
    expect(ratesOf(probes)).toEqual([20, 10, 5, 2, 1, 1])
    expect(found(probes, bounds)).toMatchObject({ rate: 0, held: 0, isComplete: true })
  })
})
