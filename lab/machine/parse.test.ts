import { describe, expect, test } from 'bun:test'
import {
  parseGroups,
  parseMachineTime,
  parsePressure,
  parseProcess,
  parseQuota,
  parseThrottled,
} from './parse.ts'

describe('/proc/stat', () => {
  const stat = `cpu  100 20 30 800 50 1 2 7 4 0
cpu0 50 10 15 400 25 1 1 3 2 0
intr 1 2 3`

  test('all cores: steal and waits for a disk are not busy', () => {
    expect(parseMachineTime(stat)).toEqual({ busy: 1530, steal: 70, all: 10_100 })
  })

  test.each(['', 'cpu0 1 2 3 4', 'intr 5'])('%p says nothing', (text) => {
    expect(parseMachineTime(text)).toBeNull()
  })
})

test('/proc/PID/stat, whatever the process calls itself', () => {
  const fields = 'S 77 1 1 0 -1 4194560 1 2 3 4 150 50 30 20 20 0 9 0 12345'
  const time = { parent: 77, own: 2000, ended: 500 }
  expect(parseProcess(`4242 (a (b) c) ${fields}`)).toEqual(time)
  expect(parseProcess('4242 (gone)')).toBeNull()
})

test('/proc/pressure/cpu: time in which some process waited', () => {
  const text = `some avg10=98.98 avg60=96.80 avg300=94.60 total=4104653338
full avg10=0.00 avg60=0.00 avg300=0.00 total=0`
  expect(parsePressure(text)).toBeCloseTo(4_104_653.338, 3)
  expect(parsePressure('')).toBeNull()
})

test.each([
  ['0::/user.slice/session-1.scope\n', { unified: '/user.slice/session-1.scope', cpu: null }],
  ['9:cpuset:/a\n4:cpu,cpuacct:/docker/1\n0::/\n', { unified: '/', cpu: '/docker/1' }],
  ['2:cpuacct:/b\n1:cpu:/\n', { unified: null, cpu: '/' }],
  ['', { unified: null, cpu: null }],
])('/proc/self/cgroup %p', (text, groups) => {
  expect(parseGroups(text)).toEqual(groups)
})

test.each([
  ['max 100000\n', 'none'],
  ['-1 100000\n', 'none'],
  ['150000 100000\n', 1.5],
  ['', null],
  ['150000', null],
] as const)('a quota of %p', (text, cores) => {
  expect(parseQuota(text)).toBe(cores)
})

test.each([
  ['usage_usec 5\nnr_throttled 3\nthrottled_usec 250000\n', 250],
  ['nr_periods 0\nnr_throttled 3\nthrottled_time 250000000\n', 250],
  ['usage_usec 5\n', null],
])('cpu.stat %p', (text, heldBackMs) => {
  expect(parseThrottled(text)).toBe(heldBackMs)
})
