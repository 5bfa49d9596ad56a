import { describe, expect, test } from 'bun:test'
import { withRefusals } from '../../audit/journeys.ts'
import type { ArmReport, Block } from '../run/result.ts'
import { fixtureBlock, fixturePlan, fixtureSession } from '../testing/fixture-blocks.ts'
import { armReport, blocksOf } from './summarize.ts'
import { sumsAddUp } from './sums.ts'

const plan = fixturePlan({ blocks: 2, durationSeconds: 5, rate: 20 })
const session = fixtureSession(plan)
const refused = { name: 'refused-rightly', verdict: 'false', count: 2 } as const

function stated(blocks: Block[]) {
  const arms = plan.arms.map(({ name, design }) => [
    name,
    armReport(design, blocksOf(name, blocks)),
  ])
  return { plan, arms: Object.fromEntries(arms) as Record<string, ArmReport> }
}

describe('sumsAddUp', () => {
  test('is true on honest reports, dropped and unfinished journeys included', () => {
    expect(sumsAddUp(stated(session), session).verdict).toBe('true')
    const partial = session.map((block) => ({
      ...block,
      history: withRefusals(block.history, [{ ...refused, journeys: [1, 4] }]),
      planned: block.planned + 9,
      started: block.started + 2,
      dropped: 7,
    }))
    expect(sumsAddUp(stated(partial), partial).verdict).toBe('true')
  })

  test('is unknown without blocks', () => {
    expect(sumsAddUp({ plan, arms: {} }, []).verdict).toBe('unknown')
  })
})

describe('sumsAddUp catches seeded bugs', () => {
  const bugsInBlocks: Record<string, [(block: Block) => Block, RegExp]> = {
    'a dropped journey that was not counted': [
      (b) => ({ ...b, planned: b.planned + 1 }),
      /planned/,
    ],
    'more lines than journeys': [
      (b) => ({ ...b, started: b.started - 1, planned: b.planned - 1 }),
      /in the history, only/,
    ],
    'a line written twice': [
      (b) => ({ ...b, history: [...b.history.slice(1), ...b.history.slice(-1)] }),
      /twice/,
    ],
    'a clock that ran backwards': [
      (b) => ({ ...b, history: b.history.map((j) => ({ ...j, endedMs: j.startedMs - 1 })) }),
      /end before they start/,
    ],
    'a crowd without length': [(b) => ({ ...b, crowdEndMs: b.crowdStartMs }), /crowd ends/],
  }
  for (const [bug, [seed, says]] of Object.entries(bugsInBlocks)) {
    test(`catches ${bug}`, () => {
      const blocks = session.map((block, index) => (index === 0 ? seed(block) : block))
      const result = sumsAddUp(stated(blocks), blocks)
      expect(result.verdict).toBe('false')
      expect(result.first).toMatch(says)
    })
  }

  const bugsInReport: Record<string, (arm: ArmReport) => ArmReport> = {
    'a failure reported as paid': (arm) => ({
      ...arm,
      outcomes: { ...arm.outcomes, paid: arm.outcomes.paid + 1, failed: arm.outcomes.failed - 1 },
    }),
    'an unknown swept away': (arm) => ({ ...arm, outcomes: { ...arm.outcomes, unknown: -1 } }),
    'a flattered sold-out': (arm) => ({ ...arm, outcomes: { ...arm.outcomes, soldOut: 9999 } }),
    'a wrong refusal swept away': (arm) => ({
      ...arm,
      outcomes: { ...arm.outcomes, refusedWrongly: 1, soldOut: arm.outcomes.soldOut - 1 },
    }),
    'an offered load that was not': (arm) => ({ ...arm, offered: arm.offered - 1 }),
    'a hidden drop': (arm) => ({ ...arm, dropped: arm.dropped + 1 }),
    'a start too many': (arm) => ({ ...arm, started: arm.started + 1 }),
    'a forgotten deadlock': (arm) => ({ ...arm, deadlocks: arm.deadlocks - 1 }),
  }
  for (const [bug, seed] of Object.entries(bugsInReport)) {
    test(`catches ${bug}`, () => {
      const report = stated(session)
      const before = report.arms.before
      if (!before) throw new Error('the fixture has no arm named before')
      report.arms.before = seed(before)
      expect(sumsAddUp(report, session)).toMatchObject({ verdict: 'false' })
    })
  }

  test('catches a block of an arm that the report forgot', () => {
    const blocks = [...session, fixtureBlock({ index: 9, arm: 'ghost' })]
    expect(sumsAddUp(stated(session), blocks).first).toMatch(/no reported arm: ghost/)
  })
})
