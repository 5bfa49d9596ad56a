// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is how Grafana writes a variable
import { describe, expect, test } from 'bun:test'
import { withBuiltIns } from './built-ins.ts'
import { interpolate, type VariableValue } from './interpolate.ts'

const value = (values: string[], more: Partial<VariableValue> = {}): VariableValue => ({
  values,
  text: values.join(' + '),
  multiple: false,
  allValue: null,
  ...more,
})

const values = new Map([
  ['run', value(['r-7'])],
  ['quoted', value(['a"b\\c'])],
  ['arms', value(['before', 'after'], { multiple: true })],
  ['one', value(['a.b'], { multiple: true })],
  ['scenario', value(['x', 'y'], { multiple: true, allValue: '.*', text: 'All' })],
  ['nothing', value([], { multiple: true, text: 'All' })],
])

describe('in a query', () => {
  const inQuery = (text: string) => interpolate(text, values, true)

  test('all spellings of a name', () => {
    expect(inQuery('$run ${run} [[run]] ${run:raw}')).toBe('r-7 r-7 r-7 r-7')
  })
  test('names that are unknown stay, and longer names are not cut', () => {
    expect(inQuery('$unknown $runner ${other:csv}')).toBe('$unknown $runner ${other:csv}')
  })
  test('quotes and backslashes cannot leave the string', () => {
    expect(inQuery('up{a="$quoted"}')).toBe('up{a="a\\"b\\\\c"}')
  })
  test('several values are alternatives, one is itself, both with patterns escaped', () => {
    expect(inQuery('up{arm=~"$arms"}')).toBe('up{arm=~"(before|after)"}')
    expect(inQuery('up{arm=~"$one"}')).toBe('up{arm=~"a\\\\.b"}')
  })
  test('All is its own value where the board gives one, anything where there is nothing', () => {
    expect(inQuery('up{s=~"$scenario"}')).toBe('up{s=~".*"}')
    expect(inQuery('up{s=~"$nothing"}')).toBe('up{s=~".*"}')
  })
  test('formats', () => {
    expect(inQuery('${arms:csv} ${arms:pipe} ${arms:regex} ${arms:singlequote}')).toBe(
      "before,after before|after (before|after) 'before','after'",
    )
  })
})

test('in a title a person reads the choice', () => {
  expect(interpolate('$arms in $scenario', values)).toBe('before + after in All')
})

test('what is put in is not read again', () => {
  const nested = new Map([...values, ['evil', value(['$run'])]])
  expect(interpolate('$evil', nested)).toBe('$run')
})

test('built-in variables: a rate spans at least four scrapes', () => {
  const range = { fromMs: 1_000_000, toMs: 1_900_000 }
  const text = '$__interval $__interval_ms $__rate_interval $__range $__range_s $__from'
  const at = (stepMs: number) => interpolate(text, withBuiltIns(values, range, stepMs, 1000), true)
  expect(at(1000)).toBe('1s 1000 4s 900s 900 1000000')
  expect(at(30_000)).toBe('30s 30000 31s 900s 900 1000000')
})
