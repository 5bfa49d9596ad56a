// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is how Grafana writes a variable
import { describe, expect, test } from 'bun:test'
import {
  intoQuery,
  intoText,
  referencesIn,
  unsupportedReferences,
  type VariableValue,
  withBuiltIns,
} from './interpolate.ts'

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
  ['nested', value(['$run'])],
])

describe('in a query', () => {
  test.each([
    ['both spellings of a name', '$run ${run}', 'r-7 r-7'],
    ['names that are unknown stay', '$unknown ${other}', '$unknown ${other}'],
    ['longer names are not cut', '$runner', '$runner'],
    ['quotes cannot leave the string', 'up{a="$quoted"}', 'up{a="a\\"b\\\\c"}'],
    ['several values are alternatives', 'up{arm=~"$arms"}', 'up{arm=~"(before|after)"}'],
    ['one of several is itself, as a pattern', 'up{arm=~"$one"}', 'up{arm=~"a\\\\.b"}'],
    ['All is its own value where there is one', 'up{s=~"$scenario"}', 'up{s=~".*"}'],
    ['All of nothing is anything', 'up{s=~"$nothing"}', 'up{s=~".*"}'],
    ['what is put in is not read again', '$nested', '$run'],
  ])('%s', (_, text, written) => {
    expect(intoQuery(text, values)).toBe(written)
  })
})

test('in a title a person reads the choice', () => {
  expect(intoText('$arms in $scenario', values)).toBe('before + after in All')
})

test('built-in variables: a rate spans at least four scrapes', () => {
  const range = { fromMs: 1_000_000, toMs: 1_900_000 }
  const at = (stepMs: number) =>
    intoQuery('$__rate_interval $__range', withBuiltIns(values, range, stepMs, 1000))
  expect(at(1000)).toBe('4s 900s')
  expect(at(30_000)).toBe('31s 900s')
})

test('the variables of a text are named', () => {
  expect(referencesIn('a{run="$run", arm=~"${arm}"}[$__range]')).toEqual(['run', 'arm', '__range'])
})

test.each([
  ['${arm:regex}', ['${arm:regex}']],
  ['${arm.text}', ['${arm.text}']],
  ['[[arm]] and [[arm:csv]]', ['[[arm]]', '[[arm:csv]]']],
  ['$__interval $__from', ['$__interval', '$__from']],
  ['$arm ${arm} $__rate_interval $__range a[5m]', []],
])('of %p not supported is %p', (text, references) => {
  expect(unsupportedReferences(text)).toEqual(references)
})
