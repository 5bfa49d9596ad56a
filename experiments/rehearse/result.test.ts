import { describe, expect, test } from 'bun:test'
import type { Block } from '../run/result.ts'
import {
  checksOf,
  fixtureBlock,
  fixtureEnvironment,
  fixturePlan,
  fixtureSession,
} from '../testing/fixture-blocks.ts'
import {
  abba,
  idle,
  judged,
  noContention,
  rehearsal,
  slowed,
} from '../testing/fixture-rehearsal.ts'
import { type RehearsalReport, rehearsalReport } from './result.ts'

const expectReason = (report: RehearsalReport, says: RegExp) =>
  expect(report.reasons.filter((reason) => says.test(reason))).not.toEqual([])

describe('a healthy rehearsal', () => {
  test('is as expected, claims its ratios, and says how before broke', () => {
    const report = judged(rehearsal())
    expect(report.verdict).toBe('as-expected')
    const { value = 0, low, high } = report.ratios?.goodput ?? {}
    expect(value).toBeCloseTo(2, 2)
    expect([low, high]).toEqual([value, value])
    // Half of before’s customers failed: its p99 is only known to be more than the longest wait.
    expect(report.ratios?.p99).toMatchObject({ bound: 'at most', value: expect.closeTo(100 / 150) })
    expect(report.arms.before?.checkoutMs?.p99).toEqual({ ms: 150, isBound: true })
    expect(report.claims[0]).toMatch(/^Goodput of after is higher than of before: 2\.00 ×/)
    expect(report.claims[1]).toMatch(
      /^p99 checkout time \(all that came\) of after is lower than .*: ≤ 0\.67 ×/,
    )
    expectReason(
      report,
      /^Broke, as it should: before served 50\.0 % .*\(12 deadlocks, 0 lock waits\)\.$/,
    )
    expect(report.sums.verdict).toBe('true')
  })

  test('of a believable session gives five times the goodput, the same each time', () => {
    const whole = fixturePlan()
    const report = rehearsalReport(whole, fixtureSession(whole), fixtureEnvironment())
    expect(report.verdict).toBe('as-expected')
    expect(report.ratios?.goodput.low).toBeGreaterThan(2)
    expect(report).toEqual(rehearsalReport(whole, fixtureSession(whole), fixtureEnvironment()))
  })

  test('names neither reason nor rule that did not fire', () => {
    const { reasons } = judged(rehearsal())
    expect(reasons.join()).not.toMatch(/broke "|INVALID|understated|quiescent|differ|% of a core/)
  })
})

const crashed = checksOf({}).map((check, index) =>
  index === 0 ? { ...check, verdict: 'unknown' as const, first: 'timed out' } : check,
)
const dropping = (dropped: number) => ({ planned: 1200, started: 1200 - dropped, dropped })
const dropped = (count: number) => ({
  ...dropping(count),
  history: fixtureBlock({}, ['paid'], 1200 - count).history,
})

const cases: [string, Block[], RehearsalReport['verdict'], RegExp][] = [
  [
    'an invariant broke in after',
    rehearsal({ after: { checks: checksOf({ 'stock-conserved': 4 }) } }),
    'invariant-broken',
    /^after broke "stock-conserved" 16 times, first: block 2: order 7000017/,
  ],
  [
    'an audit is unknown, even in before',
    rehearsal({ before: { checks: crashed } }),
    'untrusted',
    /^before: "no-lost-order" could not be established \(block 1: timed out\)/,
  ],
  ['there was no audit', rehearsal({ after: { checks: [] } }), 'untrusted', /was not audited/],
  [
    'never quiescent',
    rehearsal({ before: { quietAfterMs: null } }),
    'untrusted',
    /was never quiescent/,
  ],
  ['1.5 % dropped', rehearsal({ after: dropped(18) }), 'untrusted', /^Checkout times.*understated/],
  ['6 % dropped', rehearsal({ after: dropped(72) }), 'untrusted', /^INVALID/],
  [
    'the generator is saturated',
    rehearsal({ before: { cpu: { ...idle, generator: 91 } } }),
    'untrusted',
    /used 91 % of a core under before/,
  ],
  [
    'the crowds differ',
    rehearsal({ before: { planned: 1100, started: 1100, history: [] } }),
    'untrusted',
    /different crowds in 4 of 4 pairs: pair 1: 1,100 and 1,200 journeys arrived/,
  ],
  [
    'a block is missing',
    rehearsal({}, abba(4).slice(0, -1)),
    'untrusted',
    /before has 3 of the 4 blocks planned/,
  ],
  [
    'before did not break',
    rehearsal({ before: { contention: noContention, history: fixtureBlock().history } }),
    'untrusted',
    /before reached the objective too .*: the rehearsal proved nothing/,
  ],
  [
    'after served too little',
    rehearsal({ after: { history: fixtureBlock({}, ['paid'], 1180).history } }),
    'target-missed',
    /^Objective missed: after served 98\.3 % \(target 99 %\); p99 of after over all .* > /,
  ],
  [
    'after is too slow',
    rehearsal({ after: { history: slowed(501) } }),
    'target-missed',
    /^Objective missed: p99 of after over all that came is 501 ms \(target 500 ms\)/,
  ],
  [
    'nothing was checked out',
    rehearsal({ after: { history: fixtureBlock({}, ['left']).history } }),
    'target-missed',
    /no checkout of after was served/,
  ],
  [
    'after deadlocked',
    rehearsal({ after: { contention: { ...noContention, deadlocks: 1 } } }),
    'target-missed',
    /^after had 4 deadlocks/,
  ],
  [
    'the machine is full',
    rehearsal({ after: { cpu: { ...idle, machineBusyPercent: 99 } } }),
    'as-expected',
    /All cores were 99 % busy during after/,
  ],
  [
    'before breaks what its options are known to break',
    rehearsal({ before: { checks: checksOf({ 'captures-match-bank': 1 }) } }),
    'as-expected',
    /^before broke "captures-match-bank" 4 times, first: block 1: .*known of transaction=one-big/,
  ],
  [
    'before breaks anything else',
    rehearsal({ before: { checks: checksOf({ 'stock-conserved': 1 }) } }),
    'invariant-broken',
    /^before broke "stock-conserved" 4 times, first: block 1: order 7000017/,
  ],
  [
    'its own sums are wrong',
    rehearsal({ after: { planned: 1201 } }),
    'untrusted',
    /does not add up: block 2 \(after\): 1201 planned/,
  ],
]

describe('each rule fires', () => {
  for (const [name, blocks, verdict, says] of cases) {
    test(`when ${name}`, () => {
      const report = judged(blocks)
      expect(report.verdict).toBe(verdict)
      expectReason(report, says)
      const forbids = verdict === 'untrusted' || verdict === 'invariant-broken'
      if (forbids && name !== 'before did not break') {
        expect(report.ratios).toBeNull()
        expect(report.claims).toEqual([])
      }
    })
  }
})

describe('each rule holds its fire just below its threshold', () => {
  const nearly: [string, Block[]][] = [
    ['1 % dropped', rehearsal({ after: { planned: 1200, started: 1188, dropped: 12 } })],
    ['85 % of a core', rehearsal({ after: { cpu: { ...idle, generator: 85 } } })],
    ['500 ms', rehearsal({ after: { history: slowed(500) } })],
    ['99 % served', rehearsal({ after: { history: fixtureBlock({}, ['paid'], 1188).history } })],
    ['a full machine', rehearsal({ after: { cpu: { ...idle, machineBusyPercent: 97 } } })],
  ]
  for (const [name, blocks] of nearly) {
    test(name, () => {
      const trimmed = blocks.map((block) => ({
        ...block,
        history: block.history.slice(0, block.started),
      }))
      expect(judged(trimmed).verdict).toBe('as-expected')
    })
  }
})

describe('the worst verdict wins', () => {
  test('a broken invariant is evidence even from a bad run; all reasons stay, worst first', () => {
    const report = judged(
      rehearsal({
        before: { cpu: { ...idle, generator: 99 } },
        after: {
          checks: checksOf({ 'no-lost-order': 1 }),
          contention: { ...noContention, deadlocks: 1 },
        },
      }),
    )
    expect(report.verdict).toBe('invariant-broken')
    expect(report.reasons[0]).toMatch(/no-lost-order/)
    expect(report.reasons[1]).toMatch(/99 % of a core/)
    expect(report.reasons[2]).toMatch(/deadlocks/)
  })

  test('distrust hides a missed target: it may be the test bed that missed it', () => {
    const report = judged(
      rehearsal({ after: { quietAfterMs: null, contention: { ...noContention, deadlocks: 1 } } }),
    )
    expect(report.verdict).toBe('untrusted')
  })
})

const sameDesign = { arms: ['before', 'after'].map((name) => ({ name, design: 'stock=x' })) }

describe('what is compared', () => {
  test('one arm alone is legal and has no ratio', () => {
    const [, only] = fixturePlan().arms
    const blocks = rehearsal({}, ['after'])
    const report = judged(blocks, { arms: only ? [only] : [], blocks: 1 })
    expect(report).toMatchObject({ verdict: 'as-expected', ratios: null, noiseFloor: null })
  })

  test('an A/A pair need not break, and claims no difference', () => {
    const unbroken = { contention: noContention, history: fixtureBlock().history }
    const report = judged(rehearsal({ before: unbroken }), sameDesign)
    expect(report.verdict).toBe('as-expected')
    expect(report.claims).toHaveLength(2)
    for (const claim of report.claims) expect(claim).toMatch(/equivalent within 5 %/)
    expectReason(report, /same design: this rehearsal measures the noise/)
  })

  test('an A/A pair that differs says that the test bed favours one', () => {
    expectReason(judged(rehearsal(), sameDesign), /same design and yet differ/)
  })

  test('a smoke run need not break and needs no second block, but then claims nothing', () => {
    const unbroken = { contention: noContention, history: fixtureBlock().history }
    const smoke = { scenario: 'smoke', blocks: 1 }
    const report = judged(rehearsal({ before: unbroken }, ['before', 'after']), smoke)
    expect(report).toMatchObject({ verdict: 'as-expected', ratios: null })
    expectReason(report, /A comparison needs 2 blocks/)
    const flash = judged(rehearsal({ before: unbroken }, ['before', 'after']), { blocks: 1 })
    expect(flash.verdict).toBe('untrusted')
  })
})

describe('a ratio', () => {
  test('of a before that was paid nothing is a bound, and reported as one', () => {
    const history = fixtureBlock({}, ['failed']).history
    const report = judged(rehearsal({ before: { history } }))
    expect(report.ratios?.goodput.value).toBeCloseTo(1200, 6)
    expect(report.ratios?.p99?.bound).toBe('at most')
    expectReason(report, /before was paid nothing in 4 of 4 blocks.*a bound/)
  })

  test('a thin p99 and few pairs are called indicative', () => {
    const few = fixtureBlock({}, ['paid'], 200)
    const thin = { history: few.history, planned: 200, started: 200 }
    const report = judged(rehearsal({ before: thin, after: thin }))
    expectReason(report, /thinnest block of before has 200 checkouts, a p99 needs 1,000/)
    expectReason(report, /rest on 4 pairs of blocks: under 6 have a range and no interval\./)
    const six = fixturePlan({ blocks: 6 })
    expect(judged(rehearsal({}, abba(6)), six).reasons.join()).not.toMatch(/pairs of blocks/)
  })

  test('the worst arm and the busiest block speak for the generator', () => {
    const report = judged(rehearsal({ before: { cpu: { ...idle, generator: 44 } } }))
    expect(report.generator).toEqual({ droppedPercent: 0, cpuPercent: 44 })
  })

  test('refuses a plan without arms and an arm without blocks', () => {
    expect(() => judged(rehearsal(), { arms: [] })).toThrow(RangeError)
    expect(() => judged(rehearsal({}, ['before']))).toThrow(RangeError)
  })
})
