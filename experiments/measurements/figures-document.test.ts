import { expect, test } from 'bun:test'
import { renderTerminal } from '../report/terminal.ts'
import { benchVerdict, figuresDocument } from './figures-document.ts'
import { type Figure, reaches } from './measurement.ts'

const figure = (value: number, better: Figure['better'], others: Partial<Figure> = {}): Figure => ({
  ...{ name: 'relay', value, low: value - 1, high: value + 1 },
  ...{ floor: 10, better, unit: 'ms', ...others },
})

test.each([
  [10, 'higher', true],
  [9.99, 'higher', false],
  [10, 'lower', true],
  [10.01, 'lower', false],
  [Number.NaN, 'lower', false],
] as const)('%d, %s is better, against a floor of 10: %p', (value, better, isReached) => {
  expect(reaches(figure(value, better))).toBe(isReached)
})

test('a lost benchmark outweighs a missed floor, which outweighs the rest', () => {
  const [good, bad] = [figure(11, 'higher'), figure(9, 'higher')]
  const lost = [{ name: 'reads', why: 'no index' }]
  expect(benchVerdict({ figures: [good], lost: [] })).toBe('as-expected')
  expect(benchVerdict({ figures: [good, bad], lost: [] })).toBe('target-missed')
  expect(benchVerdict({ figures: [bad], lost })).toBe('untrusted')
})

test('figures stand beside floor, aim and note; what was lost is named', () => {
  const figures = [
    figure(12, 'higher', { aim: 20, note: 'with 8 callers' }),
    figure(12, 'lower', { name: 'scrape' }),
  ]
  const lost = [{ name: 'reads', why: 'no index' }]
  const document = figuresDocument({ figures, lost }, new Date(0))
  const text = renderTerminal(document, { colour: false, columns: 100 })
  expect(text).toContain('1 of 2 figures reach their floors')
  expect(text).toMatch(/relay +12\.00 +11\.00 to 13\.00 +≥ 10\.00 +≥ 20 +reached +ms/)
  expect(text).toMatch(/scrape +12\.00 +11\.00 to 13\.00 +≤ 10\.00 +MISSED +ms/)
  expect(text).toContain('relay: with 8 callers')
  expect(text).toContain('reads: not measured: no index')
})
