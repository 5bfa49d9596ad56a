import { describe, expect, test } from 'bun:test'
import { fieldConfig } from './field-schema.ts'
import { frameOf, namesOf } from './frames.ts'
import { parsePanel, type Target } from './panel-schema.ts'
import type { QueryResult } from './prometheus.ts'
import { stacked } from './stacking.ts'

const range = { fromMs: 1_000_000, toMs: 1_004_000 }
const noFields = fieldConfig.parse({})

function target(more: Partial<Target> = {}): Target {
  const gridPos = { x: 0, y: 0, w: 1, h: 1 }
  const panel = parsePanel({ type: 'stat', gridPos, targets: [{ refId: 'A', expr: 'up' }] })
  if (panel.kind !== 'stat' || !panel.targets[0]) throw new Error('the fixture is wrong')
  return { ...panel.targets[0], ...more }
}

const matrix = (...series: [Record<string, string>, [number, string][]][]): QueryResult => ({
  resultType: 'matrix',
  result: series.map(([metric, values]) => ({ metric, values })),
})

const framed = (result: QueryResult, fields: unknown = {}, own: Partial<Target> = {}) =>
  frameOf([{ target: target(own), result }], fieldConfig.parse(fields), range, 1000)

describe('an answer on the time axis', () => {
  test('is one value a step, with gaps where Prometheus had none', () => {
    const { times, series } = framed(
      matrix(
        [
          { arm: 'before' },
          [
            [1000, '1'],
            [1002, '3.5'],
            [1004, 'NaN'],
          ],
        ],
        [{ arm: 'after' }, [[1001, '+Inf']]],
      ),
    )
    expect(times).toEqual([1000, 1001, 1002, 1003, 1004])
    expect(series.map(({ name }) => name)).toEqual(['before', 'after'])
    expect(series[0]?.values).toEqual([1, null, 3.5, null, Number.NaN])
    expect(series[1]?.values).toEqual([null, Infinity, null, null, null])
  })
  test('leaves out samples outside the range and native histograms', () => {
    const { series } = framed({
      resultType: 'matrix',
      result: [
        {
          metric: { a: '1' },
          values: [
            [999, '1'],
            [1005, '1'],
          ],
        },
        { metric: { a: '2' } },
      ],
    })
    expect(series).toHaveLength(1)
    expect(series[0]?.values.every((value) => value === null)).toBe(true)
  })
  test('of an instant query is its one value, of a scalar too', () => {
    const vector: QueryResult = {
      resultType: 'vector',
      result: [{ metric: { arm: 'x' }, value: [1004, '2'] }],
    }
    expect(framed(vector).series[0]?.values).toEqual([null, null, null, null, 2])
    expect(framed({ resultType: 'scalar', result: [1000, '7'] }).series[0]?.values[0]).toBe(7)
  })
})

describe('names of series', () => {
  test('by the format, by differing labels, by the metric', () => {
    const labels = [
      { __name__: 'm', arm: 'before', job: 'api' },
      { __name__: 'm', arm: 'after', job: 'api' },
    ]
    expect(namesOf(labels, target({ legendFormat: '{{arm}} of {{ job }}' }))).toEqual([
      'before of api',
      'after of api',
    ])
    expect(namesOf(labels, target())).toEqual(['before', 'after'])
    expect(namesOf([{ __name__: 'm' }], target())).toEqual(['m'])
    expect(namesOf([{}], target({ legendFormat: '' }))).toEqual(['value'])
    expect(namesOf([{ a: '1' }], target({ legendFormat: '{{nope}}' }))).toEqual(['{a="1"}'])
  })
})

describe('settings of series', () => {
  const result = matrix([{ arm: 'before' }, [[1000, '1']]], [{ arm: 'after' }, [[1000, '1']]])
  const colour = (fixedColor: string) => [{ id: 'color', value: { mode: 'fixed', fixedColor } }]
  const settings = (overrides: object[]) =>
    framed(result, { defaults: { unit: 's', custom: { lineWidth: 1 } }, overrides }).series.map(
      (one) => one.settings,
    )

  test.each([
    ['byName', 'before'],
    ['byRegexp', '/^bef/'],
    ['byNames', { names: ['before'] }],
  ])('an override %s', (id, options) => {
    const [before, after] = settings([{ matcher: { id, options }, properties: colour('red') }])
    expect(before).toMatchObject({ unit: 's', color: { fixedColor: 'red' } })
    expect(after).not.toHaveProperty('color')
  })
  test('an override of one custom part keeps the others; the last one wins', () => {
    const properties = [{ id: 'custom.lineStyle', value: { fill: 'dash' } }]
    const all = { id: 'byFrameRefID', options: 'A' }
    const [one] = settings([
      { matcher: all, properties },
      { matcher: all, properties: colour('red') },
      { matcher: all, properties: colour('blue') },
    ])
    expect(one?.custom).toEqual({ lineWidth: 1, lineStyle: { fill: 'dash' } })
    expect(one?.color?.fixedColor).toBe('blue')
  })
  test('a wrong override is refused by name', () => {
    const wrong = [
      { matcher: { id: 'byName' }, properties: [{ id: 'custom.lineWidth', value: 'x' }] },
    ]
    expect(() => fieldConfig.parse({ overrides: wrong })).toThrow('custom.lineWidth')
  })
})

describe('stacking', () => {
  const result = matrix(
    [
      { a: '1' },
      [
        [1000, '1'],
        [1001, '1'],
      ],
    ],
    [
      { a: '2' },
      [
        [1000, '3'],
        [1001, 'NaN'],
      ],
    ],
  )
  const drawn = (mode: string) =>
    stacked(framed(result, { defaults: { custom: { stacking: { mode } } } }).series)

  test('series stand on each other; a gap adds nothing', () => {
    const [one, two] = drawn('normal')
    expect(one).toMatchObject({ below: null })
    expect(two).toMatchObject({ below: 0 })
    expect(two?.values.slice(0, 2)).toEqual([4, 1])
  })
  test('as shares of the whole', () => {
    expect(drawn('percent').map(({ values }) => values[0])).toEqual([25, 100])
  })
  test('not at all unless asked', () => {
    expect(drawn('none').map(({ below }) => below)).toEqual([null, null])
  })
})

test('no answer is no series', () => {
  expect(frameOf([], noFields, range, 1000)).toMatchObject({ series: [] })
})
