import { describe, expect, test } from 'bun:test'
import { frameOf, lastValue, nameOf } from './frames.ts'
import { lineStyleOf } from './line-style.ts'
import { type PanelOf, parsePanel } from './panel-schema.ts'
import type { QueryResult, Sample } from './prometheus.ts'

const range = { fromMs: 1_000_000, toMs: 1_004_000 }
const gridPos = { x: 0, y: 0, w: 1, h: 1 }

function timeseries(fieldConfig: object = {}): PanelOf<'timeseries'> {
  const targets = [{ expr: 'up', legendFormat: '{{arm}}' }]
  const panel = parsePanel({ type: 'timeseries', gridPos, targets, fieldConfig })
  if (panel.type !== 'timeseries') throw new Error('the fixture is wrong')
  return panel
}

const [target] = timeseries().targets
const framed = (result: QueryResult) => frameOf(target ? [{ target, result }] : [], range, 1000)

const matrix = (...series: [Record<string, string>, Sample[]][]): QueryResult => ({
  resultType: 'matrix',
  result: series.map(([metric, values]) => ({ metric, values })),
})

describe('an answer on the time axis', () => {
  test('is one value a step, with gaps where Prometheus had none', () => {
    const before: Sample[] = [
      [1000, '1'],
      [1002, '3.5'],
      [1004, 'NaN'],
    ]
    const { times, series } = framed(
      matrix([{ arm: 'before' }, before], [{ arm: 'after' }, [[1001, '+Inf']]]),
    )
    expect(times).toEqual([1000, 1001, 1002, 1003, 1004])
    expect(series.map(({ name }) => name)).toEqual(['before', 'after'])
    expect(series[0]?.values).toEqual([1, null, 3.5, null, Number.NaN])
    expect(series[1]?.values).toEqual([null, Infinity, null, null, null])
  })
  test('leaves out samples outside the range', () => {
    const outside: Sample[] = [
      [999, '1'],
      [1005, '1'],
    ]
    expect(framed(matrix([{}, outside])).series[0]?.values.every((value) => value === null)).toBe(
      true,
    )
  })
  test('leaves out native histograms', () => {
    expect(framed({ resultType: 'matrix', result: [{ metric: {} }] }).series).toEqual([])
    expect(framed({ resultType: 'vector', result: [{ metric: {} }] }).series).toEqual([])
  })
  test('of an instant query is its one value, of a scalar too', () => {
    const vector: QueryResult = {
      resultType: 'vector',
      result: [{ metric: { arm: 'x' }, value: [1004, '2'] }],
    }
    expect(framed(vector).series[0]?.values).toEqual([null, null, null, null, 2])
    expect(framed({ resultType: 'scalar', result: [1000, '7'] }).series[0]?.values[0]).toBe(7)
  })
  test('without an answer has no series', () => {
    expect(frameOf([], range, 1000)).toMatchObject({ series: [] })
  })
})

describe('the name of a series', () => {
  const labels = { __name__: 'm', arm: 'before', job: 'api' }
  test.each([
    ['{{arm}} of {{ job }}', labels, 'before of api'],
    ['{{nope}}', { a: '1' }, '{a="1"}'],
    ['', labels, 'm{arm="before", job="api"}'],
    ['', { __name__: 'm' }, 'm'],
    ['', {}, 'value'],
  ])('by %p of %p is %p', (format, own, name) => {
    expect(nameOf(own, format)).toBe(name)
  })
})

describe('the style of a query’s lines', () => {
  const defaults = { custom: { lineWidth: 2 } }
  const override = (refId: string, ...properties: object[]) => ({
    matcher: { id: 'byFrameRefID', options: refId },
    properties,
  })
  const colour = (fixedColor: string) => ({ id: 'color', value: { mode: 'fixed', fixedColor } })
  const styleOf = (...overrides: object[]) =>
    lineStyleOf(timeseries({ defaults, overrides }).fieldConfig, 'A')

  test('is the panel’s own', () => {
    expect(styleOf()).toEqual({ color: null, width: 2, dash: [] })
    expect(styleOf(override('B', colour('red'))).color).toBeNull()
  })
  test('is overridden part by part; the last one wins', () => {
    const dashed = { id: 'custom.lineStyle', value: { fill: 'dash', dash: [6, 6] } }
    const thin = { id: 'custom.lineWidth', value: 1 }
    expect(styleOf(override('A', dashed, thin))).toEqual({ color: null, width: 1, dash: [6, 6] })
    expect(styleOf(override('A', colour('red')), override('A', colour('blue'))).color).toBe('blue')
  })
})

test.each([
  [[2, null, Number.NaN, 4, null], 4],
  [[1, Number.NaN], Number.NaN],
  [[null], null],
  [[], null],
])('the last value of %p is %p', (values, value) => {
  expect(lastValue({ values })).toBe(value)
})
