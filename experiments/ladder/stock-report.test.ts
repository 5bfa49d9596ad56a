import { describe, expect, test } from 'bun:test'
import type { Variant } from '../../server/designs/ladder.ts'
import { checksOf, fixtureEnvironment } from '../testing/fixture-blocks.ts'
import {
  fixtureLadderPlan,
  fixtureVariant,
  judgedLadder as judged,
  meaningsOf,
  twoAxes as variants,
  waits,
} from '../testing/fixture-ladder.ts'
import { ladderReport } from './report.ts'
import type { StockReport } from './result.ts'
import { stockReport } from './stock-report.ts'

const known = (check: string) => ({ option: 'a=x', checks: [check], when: 'always' as const })
const red = (name: string) => ({ changes: { checks: checksOf({ [name]: 2 }) } })
const variantOf = ({ variants }: StockReport, name: string) =>
  variants.find((variant) => variant.name === name)

describe('what an axis means', () => {
  const cases: [string, Record<string, number>, string][] = [
    [
      'helps alone, and after cannot do without it',
      { plus: 4, minus: 5 },
      'helps alone and is needed',
    ],
    [
      'shows nothing alone, and after loses by its leaving',
      { plus: 2, minus: 5 },
      'helps only together',
    ],
    ['costs alone, and after needs it', { plus: 1, minus: 5 }, 'costs alone, helps only together'],
    [
      'helps alone, and is not missed',
      { plus: 4, minus: 10 },
      'helps alone, others make up for it',
    ],
    ['does nothing', { plus: 2, minus: 10 }, 'no difference'],
    ['costs', { plus: 1, minus: 10 }, 'costs alone'],
  ]
  for (const [name, { plus = 0, minus = 0 }, meaning] of cases) {
    test(name, () => {
      const report = judged({ 'plus-a': { paid: plus }, 'minus-a': { paid: minus } })
      expect(meaningsOf(report).a).toBe(meaning as never)
      expect(report.findings).toEqual([])
    })
  }

  test('alone it breaks the data, and after needs it', () => {
    const report = judged({ 'plus-a': red('stock-conserved'), 'minus-a': { paid: 5 } })
    expect(meaningsOf(report).a).toBe('after needs it')
    expect(report.axes[0]?.sentence).toMatch(
      /^after needs a: alone, no claim \(audit of plus-a red\); left/,
    )
  })

  test('after is better without it', () => {
    const report = judged({
      'plus-a': { paid: 2 },
      'minus-b': { paid: 6 },
      'plus-b': { paid: 2 },
      after: { paid: 6 },
    })
    expect(meaningsOf(report)).toEqual({ a: 'after is better without it', b: 'no difference' })
  })

  test('the sentence has ratio, interval, deadlocks and says “no difference” plainly', () => {
    const { axes } = judged({ 'plus-a': { paid: 4 }, 'plus-b': { paid: 2, changes: waits(3) } })
    expect(axes[0]?.sentence).toMatch(
      /^a helps alone, others .*: alone, over before: goodput 2\.00 × \(2\.00 to 2\.00\), no p99/,
    )
    expect(axes[1]?.sentence).toMatch(
      /^b made no difference here: alone, over before: goodput 1\.00 × .*: no difference/,
    )
    expect(axes[1]?.sentence).toContain('deadlocks 120 → 12')
  })

  test('with goodput alike, p99 decides, where either is known', () => {
    const times = { 'minus-b': { checkoutMs: 400 }, 'minus-a': { checkoutMs: 10 } }
    const report = judged({ ...times, 'plus-a': { paid: 2 } })
    expect(variantOf(report, 'minus-b')?.against?.effect).toBe('worse')
    expect(variantOf(report, 'minus-a')?.against).toMatchObject({
      decisions: { goodput: 'equivalent', p99: 'lower' },
      effect: 'better',
    })
    expect(variantOf(report, 'plus-a')?.over?.decisions.p99).toBeNull()
  })

  test('without a leave-out pass only the alone gain is reported', () => {
    const arms = ['before', 'plus-a', 'plus-b', 'after'].map((name) => fixtureVariant(name))
    const report = judged({ 'plus-a': { paid: 4 }, 'plus-b': { paid: 2 } }, {}, arms)
    expect(meaningsOf(report)).toEqual({ a: 'helps alone', b: 'no difference' })
    expect(report.claims.join()).toMatch(/alone multiply to 2\.00 × .*: the rest comes only from/)
  })
})

describe('the noise', () => {
  test('of the two designs compared leaves a step undecided, and what it means', () => {
    const report = judged({ 'plus-a': { rounds: [2, 4, 2, 4] }, 'minus-a': { paid: 10 } })
    const step = variantOf(report, 'plus-a')?.over
    expect(step?.decisions.goodput).toBe('undecided')
    expect(step?.visible.goodput).toBeGreaterThan(1.5)
    expect(meaningsOf(report).a).toBe('not decided')
    // Another pair of designs has less noise.
    expect(variantOf(report, 'after')?.over?.decisions.goodput).toBe('higher')
  })

  test('one block is no measurement', () => {
    const report = judged({}, { blocks: 1 })
    expect(report.variants.every(({ over }) => over === null)).toBe(true)
    expect(report.findings[0]).toMatchObject({ verdict: 'untrusted' })
  })
})

describe('an audit', () => {
  test('that is red in after breaks the run and forbids its claims', () => {
    const report = judged({ after: red('stock-conserved') })
    expect(report.findings[0]).toEqual({
      verdict: 'invariant-broken',
      reason: expect.stringMatching(/^after broke "stock-conserved" 8 times, first: block/),
    })
    expect(variantOf(report, 'after')).toMatchObject({
      audit: 'red',
      over: null,
      noClaim: 'audit of after red',
    })
    expect(variantOf(report, 'plus-a')?.over).not.toBeNull()
  })

  test('that is red is not excused by what is known of every design', () => {
    const arms = variants.map((variant) => ({ ...variant, caveats: ['a later id may be smaller'] }))
    const report = judged({ after: red('stock-conserved') }, {}, arms)
    expect(variantOf(report, 'after')?.audit).toBe('red')
    expect(report.findings[0]?.verdict).toBe('invariant-broken')
  })

  test('that is red is known where the design’s own entry names the check, only there', () => {
    const arms = variants.map((variant) =>
      variant.name === 'plus-a'
        ? { ...variant, knownBad: [known('captures-match-bank')] }
        : variant,
    )
    const report = judged(
      {
        before: {
          paid: 2,
          changes: { ...waits(30), checks: checksOf({ 'captures-match-bank': 1 }) },
        },
        'plus-a': red('captures-match-bank'),
        'minus-a': red('captures-match-bank'),
      },
      {},
      arms,
    )
    const audits = report.variants.map(({ name, audit }) => [name, audit])
    expect(Object.fromEntries(audits)).toMatchObject({
      ...{ before: 'red', 'plus-a': 'known', 'minus-a': 'red', after: 'green' },
    })
    expect(report.findings.map(({ reason }) => reason.split(' ')[0])).toEqual(['before', 'minus-a'])
    // No arm claims a gain over one whose data is wrong, nor by data that is wrong.
    expect(variantOf(report, 'plus-b')?.noClaim).toBe('audit of before red')
  })

  test('that could not be made is no pass', () => {
    const report = judged({ 'plus-a': { changes: { checks: [] } } })
    expect(variantOf(report, 'plus-a')).toMatchObject({ audit: 'unknown', over: null })
    expect(report.findings[0]).toMatchObject({
      verdict: 'untrusted',
      reason: 'plus-a was not audited.',
    })
  })
})

test('a design whose generator dropped journeys makes no claim, the others do', () => {
  const dropping = { planned: 1200, started: 1100, dropped: 100, history: [] }
  const report = judged({ 'plus-a': { changes: dropping } })
  expect(variantOf(report, 'plus-a')?.noClaim).toMatch(/INVALID: the generator dropped 8\.3 %/)
  expect(variantOf(report, 'plus-b')?.over).not.toBeNull()
  expect(new Set(report.findings.map(({ verdict }) => verdict))).toEqual(new Set(['untrusted']))
})

test('an after that misses a target is reported, whatever the ladder says', () => {
  const report = judged({ after: { paid: 9 } })
  expect(report.findings).toEqual([
    {
      verdict: 'target-missed',
      reason: expect.stringMatching(/^Objective missed: after served 90/),
    },
  ])
})

test('a full machine is reported, for it flattens differences', () => {
  const cpu = { generator: 20, server: 60, database: 40, machineBusyPercent: 99 }
  expect(judged({ 'plus-a': { changes: { cpu } } }).notes.join()).toMatch(
    /over 97 % busy in a block of plus-a: goodput/,
  )
})

test('a before that did not break proves nothing', () => {
  const report = judged({ before: { paid: 10 } }, { terms: { expect: 'better' } })
  expect(report.findings[0]?.reason).toMatch(/before reached the objective too .*proved nothing/)
})

test('a plan without arms, or an arm without blocks, is refused', () => {
  expect(() => stockReport(fixtureLadderPlan([]), [])).toThrow(RangeError)
  expect(() => stockReport(fixtureLadderPlan(variants), [])).toThrow(RangeError)
})

describe('a comparison', () => {
  const option = (name: string, hazards: string[] = [], knownBad: Variant['knownBad'] = []) =>
    fixtureVariant(name, { role: 'option', axis: 'a', title: `a=${name}`, hazards, knownBad })
  const options = [
    option('first'),
    option('second', ['it oversells'], [known('stock-conserved')]),
    option('third'),
  ]

  test('has the first option for its reference, and no axes', () => {
    const report = judged({ first: { paid: 5 } }, {}, options)
    expect(report.axes).toEqual([])
    expect(report.claims[0]).toMatch(/^a=second over first: goodput 2\.00 ×/)
    expect(report.claims).toHaveLength(2)
    expect(report.findings).toEqual([])
  })

  test('a known hazard that happened is labelled, makes no claim and fails nothing', () => {
    const report = judged({ second: red('stock-conserved') }, {}, options)
    expect(variantOf(report, 'second')).toMatchObject({ audit: 'known', over: null })
    expect(report.findings).toEqual([])
  })

  test('a hazard that costs time or order excuses no red audit', () => {
    const slow = [option('first'), option('second', ['it is slow'])]
    const report = judged({ second: red('stock-conserved') }, {}, slow)
    expect(variantOf(report, 'second')).toMatchObject({ audit: 'red', over: null })
    expect(report.findings[0]?.verdict).toBe('invariant-broken')
  })

  test('a red reference without a hazard forbids every claim', () => {
    const report = judged({ first: red('stock-conserved') }, {}, options)
    expect(report.variants.map(({ over }) => over)).toEqual([null, null, null])
    expect(report.findings[0]?.verdict).toBe('invariant-broken')
  })
})

describe('the report over all levels of stock', () => {
  const options = { kind: 'ladder' as const, words: ['--leave-out'], leftOut: [] }
  const report = (stocks: StockReport[]) =>
    ladderReport(options, stocks, fixtureEnvironment(), new Date(0))

  test('says that scarce stock hides the bottleneck, with both ratios', () => {
    const each = (name: string) => (name === 'before' ? { changes: waits(3) } : {})
    const soldOut = Object.fromEntries(
      variants.map(({ name }) => [name, { paid: 4, soldOut: true, ...each(name) }]),
    )
    const scarce = { stock: 'scarce' as const }
    const { reasons, verdict, again } = report([judged({}), judged(soldOut, scarce)])
    expect(verdict).toBe('as-expected')
    expect(reasons[0]).toMatch(/60\.0 % of the answered got “sold out”/)
    expect(reasons[0]).toMatch(/after over before: 5\.00 × with plenty of stock, 1\.00 ×/)
    expect(reasons[0]).toMatch(/1\.00 × \(no difference\) with scarce stock/)
    expect(again).toBe(
      './stampede ladder --scenario flash-sale --leave-out --stock both --blocks 4 ' +
        '--duration 30s --rate 60 --arrivals even --seed 20260105 --driver simulator ' +
        '--database mariadb',
    )
  })

  test('says that stock was not scarce where hardly anybody met “sold out”', () => {
    expect(report([judged({}, { stock: 'scarce' })]).reasons[0]).toMatch(/not scarce .*: 0 % of/)
  })

  test('the worst verdict of all wins', () => {
    const broken = judged({ after: red('stock-conserved') }, { stock: 'scarce' })
    const { verdict, reasons } = report([judged({}), broken])
    expect(verdict).toBe('invariant-broken')
    expect(reasons[0]).toMatch(/^With scarce stock: after broke/)
  })
})
