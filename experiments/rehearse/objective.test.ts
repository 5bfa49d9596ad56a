import { describe, expect, test } from 'bun:test'
import type { CheckResult } from '../../audit/checker.ts'
import { withRefusals } from '../../audit/journeys.ts'
import type { JourneyRecord } from '../../loadtests/crowd/history.ts'
import { answerOf } from '../judge/rules/objective.ts'
import { checksOf, fixtureBlock, playedFaults } from '../testing/fixture-blocks.ts'
import { judged, noContention, rehearsal, slowed } from '../testing/fixture-rehearsal.ts'

const healthy = fixtureBlock().history
const changed = (change: (journey: JourneyRecord, index: number) => Partial<JourneyRecord>) => ({
  history: healthy.map((journey, index) => ({ ...journey, ...change(journey, index) })),
})
const reasonsOf = (changes: Parameters<typeof rehearsal>[0]) => {
  const { verdict, reasons } = judged(rehearsal(changes))
  return [verdict, reasons.join('\n')] as const
}

describe('the objective is over all that came', () => {
  test('waiting before the first order counts: 20 s to be let in is no 100 ms', () => {
    const after = changed(({ startedMs }) => ({ endedMs: startedMs + 20_000, checkoutMs: 100 }))
    const [verdict, reasons] = reasonsOf({ after })
    expect(verdict).toBe('target-missed')
    expect(reasons).toMatch(/Objective missed: p99 of after from arrival to end is 20 s/)
  })

  test('failed and slow together are beyond the hundredth that is allowed', () => {
    const after = changed((_, index) => {
      if (index % 111 === 0) return { outcome: 'failed', checkoutMs: 9000 }
      return index % 111 === 1 ? { checkoutMs: 9000 } : {}
    })
    const [verdict, reasons] = reasonsOf({ after })
    expect(verdict).toBe('target-missed')
    expect(reasons).toMatch(/Objective missed: p99 of after over all that came is 9 s/)
  })

  test('dropped, cut off and unknown journeys take longer than any time', () => {
    const history = healthy.slice(0, 1180)
    const { arms } = judged(rehearsal({ after: { history } }))
    expect(arms.after?.checkoutMs).toMatchObject({
      p95: { ms: 100, isBound: false },
      p99: { ms: 100, isBound: true },
      samples: 4800,
    })
    expect(arms.after?.sojournMs?.p99).toEqual({ ms: 150, isBound: true })
  })

  test('who was refused without a reason was not served, and waited beyond any time', () => {
    const soldOut = changed((_, index) => (index % 50 === 0 ? { outcome: 'soldOut' } : {})).history
    const journeys = soldOut.flatMap(({ outcome, index }) => (outcome === 'soldOut' ? index : []))
    const checks: CheckResult[] = [
      ...checksOf({}),
      { name: 'refused-rightly', verdict: 'false', count: 24, journeys },
    ]
    const wrongly = { checks, history: withRefusals(soldOut, checks) }
    const { arms, verdict, reasons } = judged(rehearsal({ after: wrongly }))
    expect(arms.after?.outcomes).toMatchObject({ paid: 4704, soldOut: 0, refusedWrongly: 96 })
    expect(arms.after).toMatchObject({
      servedPercent: 98,
      latencyMs: { samples: 4704 },
      checkoutMs: { p95: { isBound: false }, p99: { isBound: true }, samples: 4800 },
      sojournMs: { p99: { isBound: true } },
    })
    expect(verdict).toBe('invariant-broken')
    expect(reasons.join('\n')).toMatch(/^Objective missed: after served 98/m)
    expect(judged(rehearsal({ after: { history: soldOut } })).arms.after?.servedPercent).toBe(100)
  })

  test('of a customer who never orders only the sojourn counts', () => {
    const after = changed((_, index) =>
      index % 2 === 0 ? { outcome: 'left', checkoutMs: null } : {},
    )
    const { arms } = judged(rehearsal({ after }))
    expect(arms.after?.checkoutMs?.samples).toBe(2400)
    expect(arms.after?.sojournMs?.samples).toBe(4800)
  })
})

describe('the objective is the user’s', () => {
  test('set by flags, and judged for both arms', () => {
    const slow = { history: changed(() => ({ checkoutMs: 600 })).history }
    const objective = { servedPercentMin: 40, p99MsMax: 700, sojournMsMax: 3000 }
    expect(judged(rehearsal({ after: slow })).verdict).toBe('target-missed')
    expect(judged(rehearsal({ after: slow }), { terms: { objective } }).verdict).toBe('as-expected')
  })

  test.each([
    ['reached', [99.5, 99.2, 100]],
    ['missed', [98, 98.9, 97]],
    ['undecided', [99.5, 98.9, 100]],
    ['reached', [99.6, 99.7, 99.5, 99.6, 99.7, 99.5]],
    ['undecided', [100, 98, 100, 98, 100, 99.5]],
    ['missed', [97, 97.5, 98, 97, 98, 97.2]],
  ] as const)('%s by the whole interval: %p', (answer, percents) => {
    expect(answerOf(percents, 99)).toBe(answer)
  })
})

test('lock waits and deadlocks of before are no evidence that it broke', () => {
  const contention = { ...noContention, lockWaits: 1, deadlocks: 1 }
  const [verdict, reasons] = reasonsOf({ before: { contention, history: healthy } })
  expect(verdict).toBe('untrusted')
  expect(reasons).toMatch(/^before reached the objective too \(4 deadlocks, 4 lock waits\): the/m)
})

test('work that is put off until the crowd has gone has a limit', () => {
  const workLeft = ['120 events not relayed', '9 effects not settled']
  const [verdict, reasons] = reasonsOf({ after: { quietAfterMs: 59_000, workLeft } })
  expect(verdict).toBe('target-missed')
  expect(reasons).toMatch(
    /^after worked for 59 s after the last arrival \(limit 10 s\): 120 events/m,
  )
  expect(judged(rehearsal({ after: { quietAfterMs: 10_000 } })).verdict).toBe('as-expected')
})

test('effects that end dead have a limit, however well each is reported', () => {
  const ended = (dead: number) => ({ after: { effects: { dead, due: 400 } } })
  const [verdict, reasons] = reasonsOf(ended(5))
  expect(verdict).toBe('target-missed')
  expect(reasons).toMatch(
    /^20 of the 1,600 effects of paid orders of after ended dead \(limit 1 %\)/m,
  )
  expect(judged(rehearsal(ended(4))).verdict).toBe('as-expected')
})

test('with faults on, falling short of a target is reported and not judged', () => {
  const faults = [{ name: 'bank', settings: {}, fromSeconds: 1, toSeconds: 2 }]
  const blocks = rehearsal({ after: { history: slowed(501) } }).map((block) => ({
    ...block,
    faults: playedFaults(faults, block.crowdStartMs),
  }))
  const report = judged(blocks, { faults })
  expect(report.verdict).toBe('as-expected')
  expect(report.reasons.join('\n')).toMatch(
    /^With faults on, for which there is no target: .* p99 of after over all .* 501 ms/m,
  )
})
