import { expect, test } from 'bun:test'
import { daysOf, hotRanges, isKept } from './days.ts'
import { LocalCache } from './local-cache.ts'

const nowMs = Date.parse('2026-03-01T00:00:01Z')

test('days of a range, both ends, over the end of a month', () => {
  const days = daysOf({ from: '2024-02-28', to: '2024-03-01', limit: 1 })
  expect(days).toEqual(['2024-02-28', '2024-02-29', '2024-03-01'])
})

test('the last seven and thirty days are hot, a hundred are kept, tomorrow is not', () => {
  expect(hotRanges(nowMs).map(({ from, to }) => `${from} ${to}`)).toEqual([
    '2026-02-23 2026-03-01',
    '2026-01-31 2026-03-01',
  ])
  const kept = (from: string, to: string) => isKept({ from, to, limit: 1 }, nowMs)
  expect(kept('2025-11-22', '2026-03-01')).toBe(true)
  expect(kept('2025-11-21', '2026-01-01')).toBe(false)
  expect(kept('2026-02-01', '2026-03-02')).toBe(false)
})

test('tomorrow is made ready before midnight', () => {
  const lateMs = Date.parse('2026-02-28T23:59:55Z')
  expect(hotRanges(lateMs).map(({ from, to }) => `${from} ${to}`)).toEqual([
    '2026-02-22 2026-02-28',
    '2026-01-30 2026-02-28',
    '2026-02-23 2026-03-01',
    '2026-01-31 2026-03-01',
  ])
  expect(isKept({ from: '2026-02-23', to: '2026-03-01', limit: 10 }, lateMs)).toBe(true)
})

test('copies are bounded by number and size; the least recently used goes', () => {
  const copies = new LocalCache({ copiesMax: 2, charactersMax: 10 })
  const copy = (body: string) => ({
    entry: { body, freshUntilMs: 0, staleUntilMs: 0 },
    askAgainMs: 0,
  })
  copies.keep('a', copy('1'))
  copies.keep('b', copy('2'))
  copies.get('a')
  copies.keep('c', copy('3'))
  expect(['a', 'b', 'c'].map((id) => copies.get(id)?.entry.body)).toEqual(['1', undefined, '3'])
  copies.keep('d', copy('123456789'))
  expect(['a', 'c', 'd'].filter((id) => copies.get(id))).toEqual(['c', 'd'])
  copies.keep('e', copy('12345678901'))
  expect(['c', 'd', 'e'].filter((id) => copies.get(id))).toEqual([])
})
