import { describe, expect, test } from 'bun:test'
import type { CheckResult } from '../../audit/checker.ts'
import { objectiveUsual } from '../judge/terms.ts'
import { renderMarkdown } from '../report/markdown.ts'
import { renderTerminal } from '../report/terminal.ts'
import type { Block } from '../run/result.ts'
import {
  checksOf,
  fixtureBlock,
  fixtureEnvironment,
  idleMachine,
} from '../testing/fixture-blocks.ts'
import { curvesOf } from './curves.ts'
import { capacityDocument } from './document.ts'
import { objectiveWith } from './options.ts'
import { type BankCapacity, capacitiesOf, verdictOf } from './result.ts'
import { judgeTrial, type Trial } from './verdict.ts'

const judged = (block: Block, design = 'after') => judgeTrial(40, design, block, objectiveUsual)
const busy = { generator: 95, server: 60, database: 40, machineBusyPercent: 99 }
const slow = (changes: Partial<Block> = {}) => {
  const block = fixtureBlock(changes)
  return { ...block, history: block.history.map((line) => ({ ...line, checkoutMs: 900 })) }
}

describe('a rate', () => {
  test('is held where all is well', () => {
    expect(judged(fixtureBlock())).toMatchObject({ outcome: 'held', reasons: [], audit: 'green' })
  })

  test('is lost where answers are late, wrong or missing', () => {
    expect(judged(slow())).toMatchObject({ outcome: 'lost', reasons: ['p99 900 ms'] })
    const failing = judged(fixtureBlock({}, ['paid', 'failed']))
    expect(failing.outcome).toBe('lost')
    // Times are over all that came, so that failures count as later than any.
    expect(failing.reasons.join()).toMatch(/^50.0 % served,p99 > \d+ ms,p99 from arrival to end > /)
    const leavers = judged(fixtureBlock({}, ['left']))
    expect(leavers.reasons).toEqual(['no checkout was served'])
  })

  test('is lost where the whole visit takes too long, whatever the checkout took', () => {
    const block = fixtureBlock()
    const history = block.history.map((one) => ({ ...one, endedMs: one.startedMs + 3100 }))
    const { outcome, reasons } = judged({ ...block, history })
    expect([outcome, ...reasons]).toEqual(['lost', 'p99 from arrival to end 3.10 s'])
  })

  test('is lost where work was put off until the crowd had gone', () => {
    const behind = judged(fixtureBlock({ quietAfterMs: 30_000, workLeft: ['900 events'] }))
    expect(behind.outcome).toBe('lost')
    expect(behind.reasons.join()).toMatch(/^at work for 30.* s after the last arrival, 900 events$/)
  })

  test('does not count with an audit that is red, however fast it was', () => {
    const block = fixtureBlock({ checks: checksOf({ 'stock-conserved': 1 }) })
    const reasons = ['audit red: stock-conserved']
    expect(judged(block)).toMatchObject({ outcome: 'lost', reasons, audit: 'red' })
    const known = judged(block, 'after,stock=read-then-write')
    expect(known).toMatchObject({ outcome: 'lost', audit: 'known' })
  })

  test('is unclear without an audit, or where it was never quiescent', () => {
    const unknown: CheckResult[] = [{ name: 'stock-conserved', verdict: 'unknown', count: 0 }]
    expect(judged(fixtureBlock({ checks: unknown })).outcome).toBe('unclear')
    expect(judged(fixtureBlock({ checks: [] })).outcome).toBe('unclear')
    expect(judged(fixtureBlock({ quietAfterMs: null })).outcome).toBe('unclear')
  })

  test('is unclear where the crowd was not sent as planned, whatever it shows', () => {
    const flat = judged(fixtureBlock({ busiestSecond: { planned: 60, started: 40 } }))
    expect(flat.outcome).toBe('unclear')
    expect(flat.reasons.join()).toContain('40 journeys of after in its busiest second')
    const block = fixtureBlock()
    const history = block.history.map((one) => ({ ...one, lateMs: 200 }))
    expect(judged({ ...block, history })).toMatchObject({ outcome: 'unclear' })
  })

  test('missed while the generator struggled says nothing of the arm; held it counts', () => {
    expect(judged(slow({ cpu: busy })).outcome).toBe('unclear')
    expect(judged(slow({ cpu: busy })).reasons).toContain('the generator used 95 % of a core')
    expect(judged(fixtureBlock({ cpu: busy })).outcome).toBe('held')
    const dropped = judged(fixtureBlock({ planned: 1400, dropped: 200 }))
    expect(dropped.outcome).toBe('unclear')
    expect(dropped.reasons).toContain('the generator dropped 14.3 %')
  })

  test('missed on a machine that was busy with other things says nothing of the arm', () => {
    const machine = { ...idleMachine, unrelatedPercent: 40 }
    const { outcome, reasons } = judged(slow({ machine }))
    expect([outcome, reasons.join()]).toEqual([
      'unclear',
      expect.stringMatching(/this machine is too busy .*[^.]$/),
    ])
    expect(judged(fixtureBlock({ machine })).outcome).toBe('held')
  })
})

const bounds = { rateFrom: 20, rateMax: 2000, blocksMax: 14, ratioMax: 1.1 }
const good = judged(fixtureBlock())
const at = (rate: number, outcome: Trial['outcome'], more: Partial<Trial> = {}): Trial => {
  const reasons = outcome === 'held' ? [] : ['p99 900 ms']
  return { ...good, rate, outcome, reasons, ...more }
}
const p99 = (ms: number) => ({ p99: { ms, isBound: false } })
const arm = { name: 'arm-2', design: 'all,of=it', asked: 'after+x=y' }
const held = [
  ...[at(40, 'held', p99(100)), at(43, 'lost')],
  ...[at(40, 'held', p99(125)), at(43, 'lost')],
]
/** Blocks around a border, so many times the rates of `held`. */
const around = (factor: number) => held.map((trial) => ({ ...trial, rate: trial.rate * factor }))
const capacities = (...trials: Trial[][]) =>
  capacitiesOf(
    trials.map((own) => ({ arm, trials: own })),
    bounds,
  )
const capacity = (trials: Trial[]) => capacities(trials)[0]

describe('an arm', () => {
  test('has the figures of its runs below the border', () => {
    expect(capacity(held)).toMatchObject({ held: 40, p99Ms: 112.5 })
  })

  test('that holds nothing has none', () => {
    expect(capacity([at(1, 'lost')])).toMatchObject({ p99Ms: null, goodputPerSecond: null })
  })

  test('has a point of its curve for each rate, but for blocks that say nothing of it', () => {
    const points = capacity([...held, at(20, 'held'), at(80, 'unclear')])?.curve
    expect(points?.map((point) => [point.offeredPerSecond, point.blocks])).toEqual([
      ...[
        [20, 1],
        [40, 2],
        [43, 2],
      ],
    ])
    expect(points?.[1]?.p99?.ms).toBe(125)
  })
})

describe('one capacity ÷ another', () => {
  const none = [at(1, 'lost'), at(1, 'lost')]
  const atLeast = [at(60, 'held'), at(60, 'held'), at(120, 'unclear'), at(120, 'unclear')]
  const ratio = (first: Trial[], last: Trial[]) => capacities(first, last)[1]?.overFirst

  test('has an interval from both fits', () => {
    const { value = 0, low, high } = ratio(held, around(5)) ?? {}
    expect(value).toBeCloseTo(5, 1)
    const [own, other] = [capacity(held), capacity(around(5))]
    expect(low).toBeWithin((other?.low ?? 0) / (own?.high ?? 1), value)
    expect(high).toBeWithin(value, (other?.high ?? 0) / (own?.low ?? 1))
    expect(capacities(held, held)[0]?.overFirst).toBeNull()
  })

  test.each([
    ['the first holds nothing', none, around(5), { low: expect.any(Number), high: null }],
    ['the last was not brought to its border', held, atLeast, { high: null }],
    ['the first was not brought to its border', atLeast, held, { low: null }],
  ] as const)('is a bound where %s', (_, first, last, expected) => {
    expect(ratio([...first], [...last])).toMatchObject(expected)
  })

  test.each([
    ['neither was', atLeast, atLeast],
    ['the last holds nothing', held, none],
    ['the search of the first ended early', [at(20, 'lost')], held],
  ])('is unknown where %s', (_, first, last) => expect(ratio(first, last)).toBeNull())
})

test('exit codes: as expected, broken, nothing held, not established', () => {
  const verdict = (...trials: Trial[][]) => verdictOf([bankOf(...trials)])
  const red = [...held, at(50, 'lost', { audit: 'red' })]
  expect(verdict(held, held)).toBe('as-expected')
  expect(verdict(held, red)).toBe('invariant-broken')
  expect(verdict(red, held)).toBe('invariant-broken')
  expect(verdict([...held, at(50, 'lost', { audit: 'known' })], held)).toBe('as-expected')
  expect(verdict(held, [at(1, 'lost'), at(1, 'lost')])).toBe('target-missed')
  expect(verdict([at(20, 'held')], held)).toBe('untrusted')
  expect(verdict([])).toBe('untrusted')
  expect(verdictOf([bankOf(held), bankOf([at(20, 'held')])])).toBe('untrusted')
})

const bankOf = (...trials: Trial[][]): BankCapacity => ({
  bankLatencyMs: 150,
  objective: objectiveUsual,
  arms: capacities(...trials),
})

const documentOf = (banks: BankCapacity[]) =>
  capacityDocument({
    verdict: 'as-expected',
    banks,
    scenario: 'smoke',
    arrivals: 'poisson',
    objective: objectiveUsual,
    bounds,
    durationSeconds: 8,
    seed: 7,
    driver: 'simulator',
    quick: false,
    versions: fixtureEnvironment(),
    startedAt: '2026-01-05T09:00:00.000Z',
  })

test('the tables show what is held, what stopped it, and at least where it is not the arm', () => {
  const document = documentOf([bankOf([at(20, 'held'), at(20, 'held')], held)])
  for (const rendered of [
    renderTerminal(document, { colour: false, columns: 100 }),
    renderMarkdown(document),
  ]) {
    const text = rendered.replaceAll(/\s+/g, ' ')
    expect(text).toContain('after+x=y')
    expect(text).toMatch(/after\+x=y[ |]+42 \(3\d to 6\d\)[ |]+at most 3.\d+ ×/)
    expect(text).toContain('at least 20')
    expect(text).toContain('with a bank of 150 ms not held at 43/s: p99 900 ms')
    expect(text).toContain('seed 7')
    expect(text).toContain('--bank-latency 150 --scenario smoke --from 20 --max 2000 --blocks 14')
  }
})

test('the headline has the ratio with every bank, with its interval', () => {
  const banks = [20, 500].map((ms) => ({ ...bankOf(held, around(5)), bankLatencyMs: ms }))
  expect(documentOf(banks).headline).toMatch(
    /^Capacity, .* ÷ .*: [45]\.\d+ × \(.+ to .+\) at a bank of 20 ms, .*\) at 500 ms\.$/,
  )
})

test('the curves have both arms over all rates that were tried', () => {
  const [goodput, times] = curvesOf(bankOf(held, around(5))).charts
  expect(goodput?.x).toEqual([0, 40, 43, 200, 215])
  expect(goodput?.lines.map(({ paint }) => paint)).toEqual(['crowd', 'before', 'after'])
  expect(goodput?.lines[2]?.values.map((value) => value !== null)).toEqual([
    ...[true, false, false, true, true],
  ])
  expect(goodput?.spans.map(({ paint }) => paint)).toEqual(['before', 'after'])
  expect(times?.target?.value).toBe(500)
})

test('limits of time move with the bank', () => {
  expect(objectiveWith(150, objectiveUsual)).toEqual(objectiveUsual)
  expect(objectiveWith(500, objectiveUsual)).toMatchObject({ p99MsMax: 850, sojournMsMax: 3350 })
  expect(objectiveWith(20, objectiveUsual)).toMatchObject({ p99MsMax: 370, servedPercentMin: 99 })
})
