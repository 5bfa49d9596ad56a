import { describe, expect, test } from 'bun:test'
import { comparisonsOf, verdictOf } from './comparison.ts'
import { audited, type Measured, type Outcome, type Row } from './measurement.ts'

const design = (name: string, theirs: number | null, ours: number[]): Measured => ({
  name,
  option: `stock=${name}`,
  theirs,
  ours,
})
const row = (better: Row['better'], ...designs: Measured[]): Row => ({
  what: 'time',
  unit: 'ms',
  better,
  designs,
})
const outcome = (rows: Row[], audits: Outcome['audits'] = []): Outcome => ({
  rows,
  audits,
  remarks: [],
})
const shapeOf = (one: Row) =>
  comparisonsOf([one]).map(({ theirs, ours, verdict }) => [theirs, ours.value, verdict])

describe('a comparison', () => {
  test('of times: how many times shorter the other is, there and here', () => {
    const one = row('lower', design('a', 1482, [300, 300, 300, 300]), design('b', 31, [3, 3, 3, 3]))
    const [first] = shapeOf(one)
    expect(first?.[0]).toBeCloseTo(47.8, 1)
    expect(first?.slice(1)).toEqual([expect.closeTo(100), 'same shape'])
  })

  test('of rates: how many times higher the other is', () => {
    const one = row('higher', design('a', 10, [10, 20, 10, 20]), design('b', 30, [20, 40, 20, 40]))
    expect(shapeOf(one)).toEqual([[expect.closeTo(3), expect.closeTo(2), 'same shape']])
  })

  test('every further design stands against the first', () => {
    const one = row(
      'lower',
      design('a', 6, [6, 6, 6, 6]),
      design('b', 11, [5, 5, 5, 5]),
      design('c', 7, [8, 8, 8, 8]),
    )
    expect(shapeOf(one).map(([, , verdict]) => verdict)).toEqual(['other shape', 'same shape'])
  })

  test('without a clear winner here, or a figure there, it says so', () => {
    const unclear = row('lower', design('a', 2, [1, 2, 1, 2]), design('b', 1, [2, 1, 2, 1]))
    const without = row('lower', design('a', null, [2]), design('b', null, [1]))
    expect(shapeOf(unclear)[0]?.[2]).toBe('not decided')
    const equal = row('lower', design('a', 2, [3, 3, 3, 3]), design('b', 1, [3, 3, 3, 3]))
    expect(shapeOf(equal)[0]?.[2]).toBe('no difference here')
    expect(shapeOf(without)[0]).toEqual([null, expect.closeTo(2), 'no figure there'])
  })

  test('with zero counts zero as one: a bound', () => {
    const one = row('lower', design('a', null, [400]), design('b', null, [0]))
    expect(shapeOf(one)[0]?.[1]).toBeCloseTo(400)
  })

  test('never makes zero lose against a part of a per cent', () => {
    const one = row('lower', design('a', 50, [0.4, 0.2, 0.4, 0.2]), design('b', 0, [0, 0, 0, 0]))
    expect(shapeOf(one)[0]?.[2]).toBe('no difference here')
  })

  test.each([
    [[Number.NaN], [5]],
    [[5], [Number.NaN]],
    [[], [5]],
  ])('of %p and %p, where nothing was measured, is none', (ours, others) => {
    const one = row('lower', design('a', 2, ours), design('b', 1, others))
    expect(() => shapeOf(one)).toThrow(RangeError)
  })
})

test('of an audit only what an entry of the designs names is known', () => {
  const lines = ['captures-match-bank: 2 × a', 'stock-conserved: 1 × b']
  expect(audited('x', lines)).toEqual({ design: 'x', findings: lines, known: [] })
  expect(audited('x', lines, ['before'])).toEqual({
    ...{ design: 'x', findings: lines.slice(1), known: lines.slice(0, 1) },
  })
})

describe('the verdict', () => {
  const same = row('lower', design('a', 2, [2, 2, 2, 2]), design('b', 1, [1, 1, 1, 1]))
  const other = row('lower', design('a', 2, [1, 1, 1, 1]), design('b', 1, [2, 2, 2, 2]))
  const few = row('lower', design('a', 2, [2, 2]), design('b', 1, [1, 1]))
  const audit = (findings: string[], known: string[] = []) => [{ design: 'a', findings, known }]

  test.each([
    ['as-expected', outcome([same], audit([]))],
    ['as-expected', outcome([same], audit([], ['oversold']))],
    ['target-missed', outcome([other], audit([]))],
    ['invariant-broken', outcome([other], audit(['oversold']))],
  ] as const)('is %s', (verdict, one) => {
    expect(verdictOf([one], [], false)).toBe(verdict)
  })

  test.each([
    ['untrusted', outcome([other], audit([]))],
    ['invariant-broken', outcome([same], audit(['oversold']))],
  ] as const)('where a source was lost, is %s', (verdict, one) => {
    expect(verdictOf([one], [{ name: 'S4', why: 'no ids' }], false)).toBe(verdict)
  })

  test('of a winner that was not decided is untrusted, but for a quick run', () => {
    expect(verdictOf([outcome([few])], [], false)).toBe('untrusted')
    expect(verdictOf([outcome([few])], [], true)).toBe('as-expected')
    expect(verdictOf([outcome([few, other])], [], false)).toBe('target-missed')
  })
})
