import { describe, expect, test } from 'bun:test'
import {
  contrast,
  isColour,
  mapped,
  seriesColour,
  themedColour,
  thresholdColour,
  turnsOf,
} from './colours.ts'
import type { FieldDefaults, Mapping } from './field-schema.ts'
import { stretchesOf } from './states.ts'

const steps = [
  { value: null, color: 'green' },
  { value: 1, color: 'red' },
]

describe('colours', () => {
  test('names and numbers are legible on both papers', () => {
    for (const name of ['red', 'blue', 'gray', '#c2560a', '#3274D9', '#090909']) {
      expect(contrast(themedColour(name, 'light'), '#ffffff')).toBeGreaterThanOrEqual(3)
      expect(contrast(themedColour(name, 'dark'), '#1b1e23')).toBeGreaterThanOrEqual(3)
    }
  })
  test.each([
    ['red', true],
    ['#E8710A', true],
    ['dark-blue', false],
    ['#abc', false],
    ['rgb(9,9,9)', false],
    ['transparent', false],
    ['constructor', false],
  ])('%s is a colour: %p', (name, isOne) => {
    expect(isColour(name)).toBe(isOne)
  })
  test('an arm keeps its own in the palette; a fixed colour wins', () => {
    const before = seriesColour(null, { arm: 'before' }, 0, 'light')
    expect(before).toBe('#c2560a')
    expect(seriesColour(null, { arm: 'after' }, 0, 'light')).not.toBe(before)
    expect(seriesColour('purple', { arm: 'before' }, 0, 'light')).toBe(
      themedColour('purple', 'light'),
    )
  })
  test('arms without colours of their own differ in the palette', () => {
    const arms = ['before', 'batched', 'before', 'sorted', 'after', '']
    expect(turnsOf(arms)).toEqual([0, 0, 1, 1, 0, 2])
  })
  test.each([
    [null, 'green'],
    [-5, 'green'],
    [0.999, 'green'],
    [1, 'red'],
    [2, 'red'],
  ])('%p has reached the step %s, in whatever order the steps are', (value, name) => {
    expect(thresholdColour(value, steps, 'light')).toBe(themedColour(name, 'light'))
    expect(thresholdColour(value, steps.toReversed(), 'light')).toBe(themedColour(name, 'light'))
  })
})

const mappings: Mapping[] = [
  { type: 'value', options: { 1: { text: 'yes', color: 'green' }, 3: { text: 'some' } } },
  { type: 'special', options: { match: 'nan', result: { text: 'unknown' } } },
]

test.each([
  [1, 'yes'],
  [3, 'some'],
  [Number.NaN, 'unknown'],
  [null, 'unknown'],
  [7, undefined],
  ['constructor', undefined],
])('the value %p reads %p', (value, text) => {
  expect(mapped(value, mappings).text).toBe(text as string)
})

const field: FieldDefaults = {
  ...{ unit: 'none', decimals: null, min: null, noValue: '', thresholds: { steps }, mappings },
}
const stretches = (values: (number | null)[], own: FieldDefaults = field) => {
  const series = { name: 'q', refId: 'A', labels: {}, values }
  const times = values.map((_, at) => at * 10)
  return stretchesOf(series, times, own, 0, 'light')
}

test('states last until the next sample; the same state goes on, a gap ends it', () => {
  const spans = stretches([1, 1, 3, null, 1, Number.NaN]).map((one) => {
    return [one.fromSeconds, one.toSeconds, one.text]
  })
  expect(spans).toEqual([
    [0, 20, 'yes'],
    [20, 30, 'some'],
    [40, 50, 'yes'],
    [50, 60, 'unknown'],
  ])
})

test('without a mapping a state is its value, coloured by threshold, and NaN a gap', () => {
  const plain = { ...field, mappings: [] }
  expect(stretches([0.5, Number.NaN, 2], plain).map(({ text, colour }) => [text, colour])).toEqual([
    ['0.5', themedColour('green', 'light')],
    ['2', themedColour('red', 'light')],
  ])
})
