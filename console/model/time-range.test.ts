import { describe, expect, test } from 'bun:test'
import {
  alignRange,
  formatDuration,
  parseDuration,
  parseInstant,
  resolveRange,
  shiftRange,
  stepFor,
  zoomRange,
} from './time-range.ts'

const now = 1_800_000_000_000
const live = { from: 'now-15m', to: 'now' }
const minute = 60_000

test.each([
  ['15m', 900_000],
  ['1.5h', 5_400_000],
  ['500ms', 500],
  ['2d', 172_800_000],
  ...['', '15', 'm', '-5m', '5 parsecs'].map((text): [string, null] => [text, null]),
])('the duration %p has %p milliseconds', (text, ms) => {
  expect(parseDuration(text)).toBe(ms)
})

test('durations as Prometheus writes them', () => {
  expect([90_000, 250, 0].map(formatDuration)).toEqual(['90s', '250ms', '1ms'])
})

test.each([
  ['now-1h', now - 3_600_000],
  ['1800000000000', now],
  ['2027-01-15T08:00:00Z', now],
  ...['yesterday', 'now-', '', 'now-x'].map((text): [string, null] => [text, null]),
])('the instant %p is %p', (text, ms) => {
  expect(parseInstant(text, now)).toBe(ms)
})

test('a range that ends before it begins is none', () => {
  expect(resolveRange({ from: 'now', to: 'now-5m' }, now)).toBeNull()
  expect(resolveRange(live, now)).toEqual({ fromMs: now - 900_000, toMs: now })
})

describe('moving', () => {
  test('back makes a live range stand still, forward past now makes it follow the clock', () => {
    const range = { fromMs: now - 10 * minute, toMs: now }
    const earlier = shiftRange(range, -1, now)
    expect(earlier).toEqual({ from: String(now - 15 * minute), to: String(now - 5 * minute) })
    const back = { fromMs: Number(earlier.from), toMs: Number(earlier.to) }
    expect(shiftRange(back, 1, now)).toEqual({ from: 'now-600s', to: 'now' })
  })
  test('zooming keeps a live range live and a still one around its middle', () => {
    const range = { fromMs: now - 20 * minute, toMs: now - 10 * minute }
    expect(zoomRange(live, range, 2, now)).toEqual({ from: 'now-1800s', to: 'now' })
    expect(zoomRange({ from: '1', to: '2' }, range, 0.5, now)).toEqual({
      from: String(now - 17.5 * minute),
      to: String(now - 12.5 * minute),
    })
  })
  test('zooming in ends at ten seconds', () => {
    const range = { fromMs: now - 12_000, toMs: now }
    expect(zoomRange({ from: 'now-12s', to: 'now' }, range, 0.5, now).from).toBe('now-10s')
  })
})

describe('the step', () => {
  const range = (ms: number) => ({ fromMs: now - ms, toMs: now })

  test('is about one point a pixel, never finer than the scrapes', () => {
    expect(stepFor(range(15 * minute), 900, 1000)).toBe(1000)
    expect(stepFor(range(15 * minute), 450, 1000)).toBe(2000)
    expect(stepFor(range(minute), 900, 1000)).toBe(1000)
  })
  test('stays below what Prometheus accepts, for any range', () => {
    for (const days of [1, 30, 3650]) {
      const stepMs = stepFor(range(days * 86_400_000), 1e6, 1)
      expect((days * 86_400_000) / stepMs).toBeLessThan(11_000)
    }
  })
  test('aligned ranges ask for the same instants', () => {
    expect(alignRange({ fromMs: 10_700, toMs: 20_300 }, 1000)).toEqual({
      fromMs: 10_000,
      toMs: 20_000,
    })
  })
})
