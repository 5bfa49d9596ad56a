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

test('doubles, halves the gap, confirms the border', () => {
  const probes = searched(upTo(100))
  expect(ratesOf(probes)).toEqual([20, 40, 80, 160, 113, 95, 104, 95])
  expect(found(probes, bounds)).toEqual({
    held: 95,
    isConfirmed: true,
    lost: 104,
    isAtLeast: false,
    isComplete: true,
  })
})

test('finds any border within its blocks, the last of them confirmed', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1999 }), (capacity) => {
      const { held, lost, isComplete } = found(searched(upTo(capacity)), bounds)
      expect(isComplete).toBe(true)
      expect(held).toBeLessThanOrEqual(capacity)
      expect(lost).toBeGreaterThan(capacity)
      expect((lost ?? 0) - held <= 1 || (lost ?? 0) / held <= 1.1).toBe(true)
    }),
  )
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
      const { held, lost } = found(probes, bounds)
      if (lost !== null) expect(held).toBeLessThan(lost)
    }),
  )
})

describe('a border', () => {
  test('that does not hold a second time is not held', () => {
    const probes = searched((rate, tries) => (rate <= 100 && tries === 0 ? 'held' : 'lost'))
    const { held, lost, isConfirmed } = found(probes, bounds)
    expect(held).toBeLessThan(95)
    expect(lost).toBeLessThanOrEqual(95)
    expect(isConfirmed).toBe(false)
  })

  test('of the generator says at least', () => {
    const probes = searched((rate) => (rate <= 100 ? 'held' : 'unclear'))
    expect(found(probes, bounds)).toMatchObject({ held: 95, isAtLeast: true, isComplete: true })
  })

  test('above the highest rate to try says at least, after a second run', () => {
    const limits = { ...bounds, rateMax: 70 }
    const probes = searched(upTo(1000), limits)
    expect(ratesOf(probes)).toEqual([20, 40, 70, 70])
    expect(found(probes, limits)).toMatchObject({ held: 70, lost: null, isAtLeast: true })
  })

  test('below one journey a second: nothing is held', () => {
    const probes = searched(upTo(0))
    expect(ratesOf(probes)).toEqual([20, 10, 5, 2, 1])
    expect(found(probes, bounds)).toMatchObject({ held: 0, lost: 1, isAtLeast: false })
  })
})

test('the last block confirms, if the search is not done', () => {
  const limits = { ...bounds, blocksMax: 5 }
  expect(ratesOf(searched(upTo(100), limits))).toEqual([20, 40, 80, 160, 80])
})
