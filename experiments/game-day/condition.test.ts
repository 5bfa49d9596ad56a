import { expect, test } from 'bun:test'
import { isWithin, type Limit, parseCondition, parseTime } from './condition.ts'

test.each([
  ['served >= 99%', { kind: 'limit', signal: 'served', comparison: '>=', limit: 99 }],
  ['p99<=1.5s', { kind: 'limit', signal: 'p99', comparison: '<=', limit: 1500 }],
  ['p95 < 800ms', { kind: 'limit', signal: 'p95', comparison: '<', limit: 800 }],
  ['goodput > 15/s', { kind: 'limit', signal: 'goodput', comparison: '>', limit: 15 }],
  ['attempts <= 1.5', { kind: 'limit', signal: 'attempts', comparison: '<=', limit: 1.5 }],
  ['recovered within 8s', { kind: 'recovered', seconds: 8 }],
  ['all work done within 1m', { kind: 'work-done', seconds: 60 }],
  ['partners done within 20s', { kind: 'partners-done', seconds: 20 }],
  ['audit clean', { kind: 'audit-clean' }],
])('%s', (text, condition) => {
  expect(parseCondition(text)).toEqual(condition as never)
})

test.each([
  ['', 'must be like'],
  ['served', 'must be like'],
  ['served >= 101%', 'served is at most 100%'],
  ['served >= 99', 'served takes %, not no unit'],
  ['p99 <= 5%', 'p99 takes ms or s, not %'],
  ['latency <= 5ms', 'has no signal "latency"; there are served'],
  ['recovered within 8', '"8" is not a time such as 8s'],
  ['forgotten within 8s', 'must be like'],
])('%p is no condition', (text, why) => {
  expect(parseCondition(text)).toContain(why)
})

test.each([
  ['500ms', 0.5],
  ['1.5s', 1.5],
  ['2m', 120],
  ['2', null],
  ['2h', null],
  ['-2s', null],
])('the time %p is %p', (text, seconds) => {
  expect(parseTime(text)).toBe(seconds)
})

test('no data is never within a limit', () => {
  const limit: Limit = { kind: 'limit', signal: 'errors', comparison: '<=', limit: 100 }
  expect([isWithin(limit, null), isWithin(limit, 0)]).toEqual([false, true])
  expect(isWithin({ ...limit, comparison: '<' }, 100)).toBe(false)
})
