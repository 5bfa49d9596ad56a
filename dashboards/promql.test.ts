import { describe, expect, test } from 'bun:test'
import { metricOf, readExpression } from './promql.ts'

describe('PromQL', () => {
  test('metrics, matchers and ranges are found', () => {
    const { selectors, error } = readExpression(
      'sum by (arm) (rate(a_total{arm=~"x|y", code!="5.."}[4s]))' +
        " / on (arm) group_left () b{c='d'}",
    )
    expect(error).toBeNull()
    expect(selectors.map(({ metric, ranged }) => [metric, ranged])).toEqual([
      ['a_total', true],
      ['b', false],
    ])
    expect(selectors.flatMap(({ matchers }) => matchers)).toEqual([
      { label: 'arm', operator: '=~', value: 'x|y' },
      { label: 'code', operator: '!=', value: '5..' },
      { label: 'c', operator: '=', value: 'd' },
    ])
  })

  test.each(['sum(', 'rate(a[)', 'a{b=}', 'a +', ''])('%p is none', (text) => {
    expect(readExpression(text).error).not.toBeNull()
  })

  test('recorded names, offset and @ are read', () => {
    const { selectors, error } = readExpression('last_over_time(a:b:c[4h] @ end() offset -2h)')
    expect(error).toBeNull()
    expect(selectors).toEqual([{ metric: 'a:b:c', text: 'a:b:c', matchers: [], ranged: true }])
  })

  test('a series of a histogram belongs to it', () => {
    const isHistogram = (name: string) => name === 'h_seconds'
    expect(metricOf('h_seconds_bucket', isHistogram)).toBe('h_seconds')
    expect(metricOf('other_count', isHistogram)).toBe('other_count')
  })
})
