import { describe, expect, test } from 'bun:test'
import { ratioSentence } from '../judge/rules/expectation.ts'
import type { Expectation, Plan } from '../run/result.ts'
import { checksOf, fixtureBlock, fixturePlan } from '../testing/fixture-blocks.ts'
import { abba, inItsTime, judged, rehearsal } from '../testing/fixture-rehearsal.ts'
import { headline } from './words.ts'

/** A history in which so many of ten journeys are paid, the others find everything sold out. */
const paid = (ofTen: number) => ({
  history: fixtureBlock(
    {},
    Array.from({ length: 10 }, (_, n) => (n < ofTen ? ('paid' as const) : ('soldOut' as const))),
  ).history,
})
const worse = { before: paid(10), after: paid(5) }
const alike = { before: paid(8), after: paid(8) }

const run = (
  changes: Parameters<typeof rehearsal>[0],
  expect?: Expectation,
  plan: Partial<Plan> = {},
) => judged(rehearsal(changes), { terms: { expect }, ...plan })

describe('worse than expected', () => {
  test('is exit 2: an after that is paid half as often does not hold', () => {
    const report = run(worse)
    expect(report.verdict).not.toBe('as-expected')
    expect(report.reasons).toContain('after is worse than expected.')
    expect(report.claims[0]).toMatch(/^Goodput of after is lower than of before: 0\.50 ×/)
  })

  test('is exit 2 between any two designs, unless anything is expected', () => {
    const arms = fixturePlan()
      .arms.toReversed()
      .map((arm, index) => ({
        ...arm,
        name: ['before', 'after'][index] ?? '',
      }))
    const smoke = { arms, faults: [] }
    expect(run(worse, undefined, smoke).terms.expect).toBe('no-worse')
    expect(run(worse, undefined, smoke).reasons).toContain('after is worse than expected.')
    const any = run(worse, 'any', smoke)
    expect(any.reasons.join()).not.toContain('expected.')
    expect(headline(any)).not.toMatch(/holds: 2/)
  })
})

describe('not better', () => {
  test('is exit 2 where better was expected: equivalent, or not decided', () => {
    const report = run(alike)
    expect(report.terms.expect).toBe('better')
    expect(report.reasons.join('\n')).toMatch(/^Not as expected: after .* and is equivalent\.$/m)
    expect(run(alike, 'no-worse').reasons.join()).not.toMatch(/as expected: after/)
    const noisy = rehearsal({ before: paid(8) }).map((block) =>
      block.arm === 'after'
        ? inItsTime({ ...block, ...paid(block.index % 4 === 1 ? 10 : 7) })
        : block,
    )
    const undecided = judged(noisy)
    expect(undecided.reasons.join('\n')).toMatch(/^Not as expected: it was not decided whether/m)
    expect(undecided.claims[0]).toMatch(/not decided: .*with this noise would have shown \d/)
    expect(judged(noisy, { terms: { expect: 'no-worse' } }).reasons.join()).not.toMatch(
      /decided whether/,
    )
  })

  test('under four pairs nothing is claimed, and the headline says so', () => {
    const report = judged(rehearsal({}, abba(2)), { blocks: 2 })
    expect(report).toMatchObject({ verdict: 'as-expected', terms: { expect: 'any' } })
    expect(report.decisions).toEqual({ goodput: 'undecided', p99: 'undecided' })
    expect(headline(report)).toMatch(/^After holds: too few blocks for a claim against before,/)
    expect(report.ratios?.goodput).toMatchObject({ coverage: null, pairs: 2 })
  })
})

test.each([
  [1.29, /so many blocks with this noise would have shown 1\.29 ×/],
  [null, /so few blocks allow no claim/],
])('what is not decided says what it lacks: %p', (visible, why) => {
  const ratio = { value: 1.28, low: 0.98, high: 1.4, coverage: 0.95, pairs: 6 }
  const found = [ratio, 'undecided', visible] as const
  expect(ratioSentence('p99', ['before', 'after'], found, 0.05)).toMatch(why)
})

test('a margin fixed beforehand decides, and the repeat has it', () => {
  const nearly = { before: paid(9), after: paid(10) }
  expect(run(nearly).decisions?.goodput).toBe('higher')
  const terms = { margin: 0.2 }
  expect(run(nearly, undefined, { terms }).decisions?.goodput).toBe('equivalent')
})

test('a design that breaks its data as is known is no better, one that keeps it is', () => {
  const checks = checksOf({ 'captures-match-bank': 1 })
  const arms = fixturePlan().arms.map(({ name, design }) => ({
    name,
    design: name === 'after' ? design.replace('split', 'sorted') : design,
  }))
  const report = run({ after: { checks } }, undefined, { arms })
  expect(report.verdict).toBe('target-missed')
  expect(report.reasons.join()).toContain('breaks its data, as is known of its options')
  expect(run({ before: { checks } }).verdict).toBe('as-expected')
})

test('where before holds the rate that fits, it says what would break it', () => {
  const found = { servedPerSecond: 52.4, isAtLeast: false, sharePercent: 60 }
  const { reasons } = run({ before: paid(10), after: paid(10) }, 'better', { rate: 31, found })
  const held = /before holds 31\/s, and after serves about 52\/s here: try --rate 52, or a slower/
  expect(reasons.join()).toMatch(held)
})

test('in an A/A pair no failure is known, in whichever arm', () => {
  const design = fixturePlan().arms[0]?.design ?? ''
  const arms = ['before', 'after'].map((name) => ({ name, design }))
  const checks = checksOf({ 'captures-match-bank': 1 })
  const report = judged(rehearsal({ before: { checks } }), { arms })
  expect(report.verdict).toBe('invariant-broken')
  expect(report.reasons.join('\n')).toMatch(/^before broke "captures-match-bank"/m)
})

test('a red arm makes no speed claim, though its failure be known', () => {
  const report = judged(rehearsal({ before: { checks: checksOf({ 'effects-once': 1 }) } }))
  expect(report).toMatchObject({ verdict: 'as-expected', ratios: null, claims: [] })
  expect(report.audits).toEqual({ before: 'known', after: 'green' })
  expect(report.reasons.join('\n')).toMatch(/^No ratio is claimed: audit of before red\.$/m)
})
