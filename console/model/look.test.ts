import { describe, expect, test } from 'bun:test'
import {
  contrast,
  mapped,
  seriesColour,
  themedColour,
  thresholdColour,
  turnsOf,
} from './colours.ts'
import type { Mapping } from './field-schema.ts'
import { reduced } from './reduce.ts'
import { stretchesOf } from './states.ts'

const thresholds = {
  mode: 'absolute' as const,
  steps: [
    { value: null, color: 'green' },
    { value: 1, color: 'red' },
  ],
}

describe('colours', () => {
  test('names and numbers are legible on both papers', () => {
    for (const name of [
      'red',
      'dark-blue',
      'semi-dark-green',
      '#c2560a',
      '#3274D9',
      'rgb(9,9,9)',
    ]) {
      expect(contrast(themedColour(name, 'light'), '#ffffff')).toBeGreaterThanOrEqual(3)
      expect(contrast(themedColour(name, 'dark'), '#1b1e23')).toBeGreaterThanOrEqual(3)
    }
    expect(themedColour('transparent', 'dark')).toBe('transparent')
    expect(themedColour('no such colour', 'dark')).toMatch(/^#[0-9a-f]{6}$/)
  })
  test('an arm keeps its own in the palette; a fixed colour wins', () => {
    const before = seriesColour({}, { arm: 'before' }, 0, 'light', null)
    expect(before).toBe('#c2560a')
    expect(seriesColour({}, { arm: 'after' }, 0, 'light', null)).not.toBe(before)
    const fixed = { color: { mode: 'fixed', fixedColor: 'purple' } }
    expect(seriesColour(fixed, { arm: 'before' }, 0, 'light', null)).toBe(
      themedColour('purple', 'light'),
    )
  })
  test('arms without colours of their own are told apart by the palette', () => {
    const arms = ['before', 'batched', 'before', 'sorted', 'after', '']
    expect(turnsOf(arms)).toEqual([0, 0, 1, 1, 0, 2])
  })
  test('thresholds take the highest step reached, also by percent', () => {
    expect(thresholdColour(0.5, { thresholds }, 'light')).toBe(themedColour('green', 'light'))
    expect(thresholdColour(1, { thresholds }, 'light')).toBe(themedColour('red', 'light'))
    const share = { thresholds: { ...thresholds, mode: 'percentage' as const }, min: 0, max: 200 }
    expect(thresholdColour(1.9, share, 'light')).toBe(themedColour('green', 'light'))
    expect(thresholdColour(2, share, 'light')).toBe(themedColour('red', 'light'))
  })
})

const mappings: Mapping[] = [
  { type: 'value', options: { 1: { text: 'yes', color: 'green' } } },
  { type: 'range', options: { from: 2, to: 5, result: { text: 'some' } } },
  { type: 'regex', options: { pattern: '/^a(b|c)$/', result: { text: 'letters' } } },
  { type: 'special', options: { match: 'nan', result: { text: 'unknown' } } },
]

test.each([
  [1, 'yes'],
  [3, 'some'],
  ['ab', 'letters'],
  [Number.NaN, 'unknown'],
  [null, 'unknown'],
  [7, undefined],
  ['constructor', undefined],
])('the value %p reads %p', (value, text) => {
  expect(mapped(value, mappings).text).toBe(text as string)
})

test('states last until the next sample; the same state goes on, a gap ends it', () => {
  const series = {
    ...{ name: 'q', refId: 'A', labels: {}, settings: { mappings } },
    values: [1, 1, 3, null, 1, Number.NaN],
  }
  const times = [0, 10, 20, 30, 40, 50]
  const told = stretchesOf(series, times, 0, 'light', true).map((one) => {
    return [one.fromSeconds, one.toSeconds, one.text]
  })
  expect(told).toEqual([
    [0, 20, 'yes'],
    [20, 30, 'some'],
    [40, 50, 'yes'],
    [50, 60, 'unknown'],
  ])
})

test.each([
  ['lastNotNull', 4],
  ['last', null],
  ['mean', 3],
  ['max', 4],
  ['min', 2],
  ['sum', 6],
  ['range', 2],
  ['no such calculation', null],
  ['constructor', null],
])('%s of a series is %p', (name, value) => {
  expect(reduced([2, null, Number.NaN, 4, null], name)).toBe(value)
})

test('a counter that fell is counted from zero', () => {
  expect(reduced([5, 8, 2, 3], 'delta')).toBe(6)
})
