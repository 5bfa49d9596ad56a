import { describe, expect, test } from 'bun:test'
import { formatValue, splitValue, type UnitName } from './units.ts'

const cases: [unit: UnitName, value: number | null, text: string][] = [
  ['short', 0, '0'],
  ['short', 999, '999'],
  ['short', 1234, '1.23 K'],
  ['short', 12_345_678, '12.3 M'],
  ['short', -4500, '-4.5 K'],
  ['none', 1234.5, '1235'],
  ['none', 12_345, '12,345'],
  ['s', 0, '0 s'],
  ['s', 0.000_04, '40 µs'],
  ['s', 0.25, '250 ms'],
  ['s', 0.99999, '1 s'],
  ['s', 1.5, '1.5 s'],
  ['s', 90, '1.5 min'],
  ['s', 7200, '2 h'],
  ['percentunit', 0.1234, '12.3%'],
  ['percentunit', 1, '100%'],
  ['ops', 1200, '1.2 K ops/s'],
  ['reqps', 343, '343 req/s'],
  ['reqps', 0, '0 req/s'],
  ['ops', -1500, '-1.5 K ops/s'],
  ['s', 0.000_000_002, '2 ns'],
  ['s', -90, '-1.5 min'],
  ['s', 172_800, '2 d'],
  ['bytes', 2 ** 40, '1 TiB'],
  ['none', 0.5, '0.5'],
  ['dateTimeAsIso', Number.NaN, '–'],
  ['bytes', 0, '0 B'],
  ['bytes', 512, '512 B'],
  ['bytes', 1_572_864, '1.5 MiB'],
  ['s', null, '–'],
  ['s', Number.NaN, '–'],
  ['s', Infinity, '∞'],
  ['short', 0.000_123_4, '0.0001234'],
]

describe('a value with its unit', () => {
  test.each(cases)('%s of %p is %s', (unit, value, text) => {
    expect(formatValue(value, { unit })).toBe(text)
  })
})

test('decimals that the board fixes', () => {
  expect(formatValue(1.005, { unit: 's', decimals: 1 })).toBe('1.0 s')
  expect(formatValue(1234.5678, { unit: 'none', decimals: 2 })).toBe('1234.57')
  expect(formatValue(0.5, { unit: 'percentunit', decimals: 0 })).toBe('50%')
})

test('a time is in the reader’s time zone', () => {
  const noon = new Date(2027, 0, 15, 12, 30, 5).getTime()
  expect(formatValue(noon, { unit: 'dateTimeAsIso' })).toBe('2027-01-15 12:30:05')
})

test('number and unit apart', () => {
  expect(splitValue('1.23 K ops/s')).toEqual({ number: '1.23', suffix: ' K ops/s' })
  expect(splitValue('yes')).toEqual({ number: 'yes', suffix: '' })
})
