import { describe, expect, test } from 'bun:test'
import type { JourneyRecord } from '../../loadtests/crowd/history.ts'
import type { Block, Plan } from '../run/result.ts'
import { FIXTURE_START_MS, fixtureBlock, fixtureJourney } from '../testing/fixture-blocks.ts'
import { judged } from '../testing/fixture-rehearsal.ts'
import { armRecovery, blockRecovery } from './recovery.ts'

const fault = { name: 'retry-storm', settings: {}, fromSeconds: 5, toSeconds: 10 }
const plan: Plan = {
  ...{ scenario: 'smoke', arms: [{ name: 'after', design: 'after' }], blocks: 1 },
  ...{ durationSeconds: 30, rate: 20, seed: 1, driver: 'simulator', faults: [fault] },
}

/** Twenty customers a second for thirty seconds, as the n-th of them is changed. */
function blockOf(
  change: (second: number) => Partial<JourneyRecord> | null,
  changes: Partial<Block> = {},
): Block {
  const history = Array.from({ length: 600 }, (_, index) => {
    const second = index / 20
    const own = change(second)
    const startedMs = FIXTURE_START_MS + second * 1000
    return own === null ? [] : [fixtureJourney({ index, startedMs, ...own })]
  }).flat()
  const { startMs, endMs } = {
    startMs: FIXTURE_START_MS + 5000,
    endMs: FIXTURE_START_MS + 10_000,
  }
  const faults = [{ name: fault.name, settings: {}, startMs, endMs, injected: 9 }]
  return { ...fixtureBlock({}, ['paid'], 600), history, faults, ...changes }
}

const failed = { outcome: 'failed' as const }
const fromTo = (from: number, to: number) => (second: number) =>
  second >= from && second < to ? failed : {}

describe('a block', () => {
  test('recovers as soon as the next five seconds are served as before', () => {
    expect(blockRecovery(plan, blockOf(fromTo(5, 12)))).toMatchObject({
      beforePercent: 100,
      duringPercent: 0,
      recoveredAfterMs: 1750,
      watchedMs: 15_000,
    })
  })

  test('that was never harmed has recovered at once', () => {
    expect(
      blockRecovery(
        plan,
        blockOf(() => ({})),
      ),
    ).toMatchObject({ recoveredAfterMs: 0 })
  })

  test('that fails once more is back, since it served five seconds', () => {
    const found = blockRecovery(
      plan,
      blockOf((second) => (second >= 20 ? failed : {})),
    )
    expect(found).toMatchObject({ recoveredAfterMs: 0 })
  })

  test('in which the fault is gone and customers still fail has not recovered', () => {
    const found = blockRecovery(plan, blockOf(fromTo(5, 30)))
    expect(found).toMatchObject({ recoveredAfterMs: null, watchedMs: 15_000 })
  })

  test.each([
    ['were answered too late', { endedMs: FIXTURE_START_MS + 60_000 }],
    ['were refused wrongly', { outcome: 'soldOut' as const, refusedWrongly: true as const }],
    // Not sent, or cut off: they came all the same.
    ['have no line', null],
  ])('is not back while customers %s', (_, change) => {
    const found = blockRecovery(
      plan,
      blockOf((second) => (second >= 5 ? change : {})),
    )
    expect(found).toMatchObject({ recoveredAfterMs: null, duringPercent: 0 })
  })

  test('tells how often customers asked before and during', () => {
    const block = blockOf((second) => (second >= 5 && second < 10 ? { attempts: 12 } : {}))
    expect(blockRecovery(plan, block)).toMatchObject({ attemptsBefore: 1, attemptsDuring: 3 })
  })

  test('counts from the end of the last fault', () => {
    const block = blockOf(fromTo(5, 16))
    const [first] = block.faults
    if (!first) throw new Error('no fault')
    const endMs = FIXTURE_START_MS + 15_000
    const both = { ...block, faults: [first, { ...first, startMs: first.endMs, endMs }] }
    expect(blockRecovery(plan, both)).toMatchObject({ recoveredAfterMs: 750, watchedMs: 10_000 })
  })

  test.each<[string, (second: number) => Partial<JourneyRecord>, Partial<Block>]>([
    ['no fault was on', () => ({}), { faults: [] }],
    ['only 80.0 % were served before the fault', (at) => (at < 1 ? failed : {}), {}],
    [
      'customers came for less than 5 s after the fault',
      () => ({}),
      { crowdEndMs: FIXTURE_START_MS + 14_000 },
    ],
  ])('cannot say: %s', (reason, change, changes) => {
    expect(blockRecovery(plan, blockOf(change, changes))).toBe(reason)
  })

  test('cannot say where hardly any came before the fault', () => {
    const few = { ...plan, rate: 2 }
    expect(
      blockRecovery(
        few,
        blockOf(() => ({})),
      ),
    ).toBe('fewer than 50 customers came before the fault')
  })
})

test('an arm has the median of the blocks that can say, and how many recovered', () => {
  const blocks = [fromTo(5, 12), fromTo(5, 11), fromTo(5, 30), fromTo(0, 5)].map((change) =>
    blockOf(change),
  )
  expect(armRecovery(plan, blocks)).toMatchObject({
    blocks: 3,
    recovered: 2,
    recoveredAfterMs: { median: 1250, longest: 1750 },
  })
  expect(armRecovery(plan, blocks.slice(3))).toBe('only 0 % were served before the fault')
})

describe('the judgement', () => {
  const smoke = { scenario: 'smoke', durationSeconds: 30, rate: 20, faults: [fault] }
  const reasonsOf = (before: Block, after: Block) =>
    judged(
      ['before', 'after'].map((arm, index) => ({
        ...(arm === 'before' ? before : after),
        ...{ arm, index },
      })),
      { ...smoke, blocks: 1 },
    )

  test('of an arm under judgement that does not recover is a missed target', () => {
    const report = reasonsOf(
      blockOf(() => ({})),
      blockOf(fromTo(5, 30)),
    )
    expect(report.reasons).toContain(
      'after did not recover in 1 of 1 blocks, watched for 15 s after the fault.',
    )
    expect(report.verdict).toBe('target-missed')
  })

  test('of the first arm is a remark', () => {
    const report = reasonsOf(
      blockOf(fromTo(5, 30)),
      blockOf(() => ({})),
    )
    expect(report.reasons.join(' ')).toContain('before did not recover in 1 of 1 blocks')
    expect(report.verdict).not.toBe('target-missed')
  })
})
