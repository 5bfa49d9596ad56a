import { expect, test } from 'bun:test'
import { renderTerminal } from '../report/terminal.ts'
import { fixtureEnvironment } from '../testing/fixture-blocks.ts'
import { benchVerdict, figuresDocument } from './figures-document.ts'
import { type Figure, standingOf } from './measurement.ts'

const figure = (value: number, better: Figure['better'], others: Partial<Figure> = {}): Figure => ({
  ...{ name: 'relay', value, low: value - 1, high: value + 1 },
  ...{ floor: 10, better, unit: 'ms', ...others },
})

test.each([
  [10, 12, 'higher', 'reached'],
  [9.9, 12, 'higher', 'not decided'],
  [9, 9.9, 'higher', 'missed'],
  [9, 10, 'lower', 'reached'],
  [9, 10.1, 'lower', 'not decided'],
  [10.1, 12, 'lower', 'missed'],
  [Number.NaN, Number.NaN, 'lower', 'not decided'],
] as const)('from %d to %d, %s is better, against a floor of 10: %s', (low, high, better, is) => {
  expect(standingOf(figure(11, better, { low, high }))).toBe(is)
})

test('a lost benchmark outweighs a missed floor, which outweighs the rest', () => {
  const [good, bad] = [figure(11, 'higher'), figure(8, 'higher')]
  const across = figure(10, 'higher')
  const lost = [{ name: 'reads', why: 'no index' }]
  expect(benchVerdict({ figures: [good], lost: [] })).toBe('as-expected')
  expect(benchVerdict({ figures: [good, bad], lost: [] })).toBe('target-missed')
  expect(benchVerdict({ figures: [bad], lost })).toBe('untrusted')
  // The interval lies on both sides of the floor.
  expect(benchVerdict({ figures: [good, across], lost: [] })).toBe('untrusted')
  expect(benchVerdict({ figures: [bad, across], lost: [] })).toBe('target-missed')
})

test('figures stand beside floor, aim and note; what was lost is named', () => {
  const figures = [
    figure(12, 'higher', { aim: 20, note: 'with 8 callers' }),
    figure(12, 'lower', { name: 'scrape' }),
    figure(10.5, 'lower', { name: 'late' }),
  ]
  const lost = [{ name: 'reads', why: 'no index' }]
  const document = figuresDocument({ versions: fixtureEnvironment(), figures, lost }, new Date(0))
  const text = renderTerminal(document, { colour: false, columns: 100 })
  expect(text).toContain('1 of 3 figures reach their floors; 1 missed, 1 not decided.')
  expect(text).toMatch(/relay +12\.00 +11\.00 to 13\.00 +≥ 10\.00 +≥ 20 +reached +ms/)
  expect(text).toMatch(/scrape +12\.00 +11\.00 to 13\.00 +≤ 10\.00 +MISSED +ms/)
  expect(text).toMatch(/late +10\.50 +9\.50 to 11\.50 +≤ 10\.00 +not decided +ms/)
  expect(text).toContain('relay: with 8 callers')
  expect(text).toContain(fixtureEnvironment().database)
  expect(text).toContain('reads: not measured: no index')
})
