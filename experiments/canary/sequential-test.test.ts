import { describe, expect, test } from 'bun:test'
import { journeyRandom } from '../../loadtests/crowd/random.ts'
import { requestClasses } from '../../server/designs/admission/admission.ts'
import type { OptionCounts } from './counts.ts'
import { SequentialTest, smallestSeen } from './sequential-test.ts'
import { slowScaleOf } from './slow-test.ts'
import { alphaInAll, alphas, type Interval, Watch } from './watch.ts'

interface Crowd {
  requestsPerSecond: number
  secondsPerStep: number
  steps: readonly number[]
  /** How often a request fails, is refused, or is slow. */
  base: Rates
  canary: Rates
  /** Tries of an intent that fails: all of them fail. */
  triesMax: number
}

interface Rates {
  failed: number
  refused: number
  slow: number
}

const tickSeconds = 0.5

/** @returns seconds until the alarm, what it was for, and requests of the canary until then */
function runCanary(crowd: Crowd, seed: number) {
  const random = journeyRandom(seed, 0)
  const watch = new Watch(scale)
  let [seconds, harmed, requests] = [0, 0, 0]
  for (const percent of crowd.steps) {
    for (let inStep = 0; inStep < crowd.secondsPerStep; inStep += tickSeconds) {
      const interval = intervalOf(crowd, percent / 100, random)
      watch.add(interval)
      seconds += tickSeconds
      requests += interval.base.requests + interval.canary.requests
      harmed += interval.canary.failed
      const alarm = watch.alarm()
      if (alarm) return { alarm, seconds, harmed, requests }
    }
  }
  return { alarm: undefined, seconds, harmed, requests }
}

function intervalOf(crowd: Crowd, share: number, random: () => number): Interval {
  const interval = { base: empty(), canary: empty() }
  const intents = crowd.requestsPerSecond * tickSeconds
  for (let index = 0; index < intents; index += 1) {
    const side = random() < share ? 'canary' : 'base'
    const isFailing = random() < crowd[side].failed
    const tries = isFailing ? 1 + Math.floor(random() * crowd.triesMax) : 1
    const counts = interval[side]
    counts.requests += tries
    if (isFailing) counts.failed += tries
    else if (random() < crowd[side].refused) counts.refused += 1
    if (isFailing) continue
    const timed = counts.timed[requestClasses[Math.floor(random() * 3)] ?? '']
    if (!timed) continue
    timed.count += 1
    if (random() >= crowd[side].slow) timed.within['0.1'] = (timed.within['0.1'] ?? 0) + 1
  }
  return interval
}

const empty = (): OptionCounts => ({
  requests: 0,
  failed: 0,
  refused: 0,
  timed: Object.fromEntries(requestClasses.map((name) => [name, { count: 0, within: { 0.1: 0 } }])),
})

/** A tenth of the requests that were watched first was slow. */
const scale = slowScaleOf({
  ...empty(),
  timed: Object.fromEntries(
    requestClasses.map((name) => [name, { count: 1000, within: { 0.1: 900 } }]),
  ),
})

const usual: Rates = { failed: 0.01, refused: 0.1, slow: 0.1 }
const crowd: Crowd = {
  requestsPerSecond: 60,
  secondsPerStep: 20,
  steps: [5, 25, 50],
  base: usual,
  canary: usual,
  triesMax: 1,
}
const canaries = 400

const alarmsOf = (changed: Partial<Crowd>) =>
  Array.from({ length: canaries }, (_, seed) => runCanary({ ...crowd, ...changed }, seed + 1))

const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

describe('two options that are alike', () => {
  test.each([
    ['as usual', {}],
    ['with many failures', { base: { ...usual, failed: 0.2 }, canary: { ...usual, failed: 0.2 } }],
    ['without failures', { base: { ...usual, failed: 0 }, canary: { ...usual, failed: 0 } }],
    ['with tries that fail together', { triesMax: 4 }],
    ['under a large crowd', { requestsPerSecond: 300, secondsPerStep: 8 }],
  ] as const)('%s: no more than 1 canary in 20 is stopped', (_what, changed) => {
    const stopped = alarmsOf(changed).filter(({ alarm }) => alarm !== undefined)
    expect(stopped.length / canaries).toBeLessThanOrEqual(alphaInAll)
  })
})

describe('a canary that is', () => {
  const seen = (canary: Partial<Rates>) => alarmsOf({ canary: { ...usual, ...canary } })

  test('failing wholly is stopped within 5 s at 5 %', () => {
    const all = seen({ failed: 1 })
    expect(all.filter(({ alarm }) => alarm !== 'failed')).toEqual([])
    const times = all.map(({ seconds }) => seconds).toSorted((a, b) => a - b)
    expect(times[Math.floor(canaries * 0.99)]).toBeLessThanOrEqual(5)
  })

  test('failing in every fifth request is stopped in the first step as a rule', () => {
    expect(median(seen({ failed: 0.2 }).map(({ seconds }) => seconds))).toBeLessThanOrEqual(20)
  })

  test('five times as often slow is stopped for that', () => {
    const all = seen({ slow: 0.5 })
    const slow = all.filter(({ alarm }) => alarm?.startsWith('slow'))
    expect(slow.length).toBeGreaterThan(canaries * 0.95)
  })

  test('refusing what it should grant, or the reverse, is stopped for that', () => {
    for (const refused of [0.6, 0]) {
      const all = seen({ refused })
      const found = all.filter(({ alarm }) => alarm === 'refused')
      expect(found.length).toBeGreaterThan(canaries * 0.95)
    }
  })

  test('better in every way is not stopped', () => {
    const all = seen({ failed: 0, slow: 0.01 })
    expect(all.filter(({ alarm }) => alarm !== undefined).length).toBeLessThan(
      canaries * alphaInAll,
    )
  })
})

test('once all customers have it, more failures than before raise the alarm', () => {
  const watch = (failed: number) => {
    const one = new Watch({})
    const before = { ...empty(), requests: 1000, failed: 5 }
    one.add({ base: before, canary: { ...before } })
    for (let tick = 0; tick < 40; tick += 1) {
      one.add({ base: empty(), canary: { ...empty(), requests: 30, failed } })
    }
    return one.alarm()
  }
  expect([watch(0), watch(6)]).toEqual([undefined, 'failed'])
})

test('what can be seen is less the longer it is watched, and nothing where hardly any come', () => {
  const at = { requestsPerSecond: 60, share: 0.05, rate: 0.01, alpha: alphas.failed }
  const [soon, later] = [smallestSeen({ ...at, seconds: 5 }), smallestSeen({ ...at, seconds: 60 })]
  expect(soon).toBeGreaterThan(later ?? 1)
  expect(later).toBeGreaterThan(0.01)
  expect(smallestSeen({ ...at, seconds: 1, requestsPerSecond: 5 })).toBeUndefined()
})

test('intervals in which only one option had requests say nothing', () => {
  const one = new SequentialTest({ alpha: 0.01 })
  one.add({ base: 0, canary: 50, share: 1 })
  one.add({ base: 50, canary: 0, share: 0 })
  expect(one.evidence).toBe(0)
})
