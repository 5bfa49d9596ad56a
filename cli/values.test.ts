import { describe, expect, test } from 'bun:test'
import { BadValue, parseArms, parseFault, parseSeconds, parseWhole } from './values.ts'

describe('durations', () => {
  test.each([
    ['12s', 12],
    ['500ms', 0.5],
    ['2m', 120],
    ['1.5h', 5400],
  ])('%s is %p s', (text, seconds) => expect(parseSeconds(text)).toBe(seconds))

  const bad = ['12', '', 's', '-1s', '1e3s', '12 s', '1s2', '12S', '.5s']
  test.each(bad)('%p is refused', (text) => {
    expect(() => parseSeconds(text)).toThrow(BadValue)
  })
})

describe('faults', () => {
  const window = { fromSeconds: 10, toSeconds: 20 }
  test.each([
    ['bank@10s..20s', { name: 'bank', settings: {}, ...window }],
    [
      'slow-query:{"latencyMs":200}@10s..20s',
      { name: 'slow-query', settings: { latencyMs: 200 }, ...window },
    ],
    [
      'bank:{"target":{"route":"orders.create"}}@10s..20s',
      { name: 'bank', settings: { target: { route: 'orders.create' } }, ...window },
    ],
    ['bank@0s..1.5m', { name: 'bank', settings: {}, fromSeconds: 0, toSeconds: 90 }],
    ['bank@1.5s..2.5s', { name: 'bank', settings: {}, fromSeconds: 1.5, toSeconds: 2.5 }],
  ])('%s', (text, fault) => expect(parseFault(text)).toEqual(fault))

  test.each([
    ['bank', 'when'],
    ['bank@10s', 'when'],
    ['bank@10s..', 'when'],
    ['bank@10..20', 'when'],
    ['bank@20s..10s', 'ends before'],
    ['bank@10s..10s', 'ends before'],
    ['bank:{@10s..20s', 'not JSON'],
    ['bank:[1]@10s..20s', 'not a JSON object'],
    ['bank:null@10s..20s', 'not a JSON object'],
    ['bank:{"a":"x@1s..2s:{}"}@10s..20s', "unknown setting of bank 'a'"],
    [':{}@10s..20s', "unknown fault ''"],
    ['Bank;@10s..20s', "unknown fault 'Bank;'"],
    ['slowquery@1s..2s', "did you mean 'slow-query'?"],
    ['constructor@1s..2s', "unknown fault 'constructor'"],
    ['slow-query:{"latencyMss":200}@1s..2s', "did you mean 'latencyMs'?"],
    ['slow-query:{"delayMs":0}@1s..2s', "unknown setting of slow-query 'delayMs'"],
    ['bank:{"lostRate":2}@1s..2s', 'bank.lostRate: '],
    ['bank:{"errorRate":0.6,"lostRate":0.6}@1s..2s', 'must not exceed 1 together'],
    ['bank:{"target":{"rout":"x"}}@1s..2s', 'bank.target: Unrecognized key: "rout"'],
    ['bank:{"ttlSeconds":5}@1s..2s', 'its window decides ttlSeconds'],
    ['slow-query@0s..16m', 'slow-query lasts at most 900 s'],
  ])('%p is refused: %s', (text, why) => {
    expect(() => parseFault(text)).toThrow(BadValue)
    expect(() => parseFault(text)).toThrow(why)
  })
})

describe('arms', () => {
  test.each([
    ['before,after', ['before', 'after']],
    ['before, after', ['before', 'after']],
    ['after,after', ['after', 'after']],
    ['before,after+ids=sequence-table', ['before', 'after,ids=sequence-table']],
    ['ids=a+stock=b,ids=c', ['ids=a,stock=b', 'ids=c']],
  ])('%s', (text, arms) => expect(parseArms(text, 2)).toEqual(arms as [string, string]))

  test.each(['before', 'before,', ',after', 'a,b,c', ''])('%p is refused', (text) => {
    expect(() => parseArms(text, 2)).toThrow(BadValue)
  })

  test('are as many as a report has room for', () => {
    expect(parseArms('before,after,peak', 4)).toEqual(['before', 'after', 'peak'])
    for (const text of ['a,b,c,d,e', 'a,b,', 'a,b,,c']) {
      expect(() => parseArms(text, 4)).toThrow('two to 4 designs')
    }
  })
})

describe('whole numbers', () => {
  test('both bounds are allowed', () => {
    expect([parseWhole('1', 1, 20), parseWhole('20', 1, 20)]).toEqual([1, 20])
  })
  const bad = ['0', '21', '1.0', '-1', '1e1', '', ' 1', '99999999999999999999']
  test.each(bad)('%p is refused', (text) => {
    expect(() => parseWhole(text, 1, 20)).toThrow(BadValue)
  })
})
