import type { JourneyOutcome } from '../../loadtests/crowd/history.ts'
import type { Variant } from '../../server/designs/ladder.ts'
import type { LadderPlan, StockReport } from '../ladder/result.ts'
import { stockReport } from '../ladder/stock-report.ts'
import type { Block } from '../run/result.ts'
import { fixtureBlock, fixturePlan } from './fixture-blocks.ts'

/** How one arm of a fixture ladder does in every block. */
export interface ArmBehaviour {
  /** Of ten journeys so many are paid, the others fail. */
  paid?: number
  checkoutMs?: number
  /** The others find everything sold out instead of failing. */
  soldOut?: boolean
  /** Paid of ten in each round, where the rounds are to differ. */
  rounds?: number[]
  changes?: Partial<Block>
}

/** A variant of an axis, or the first, or the last. */
export function fixtureVariant(name: string, changes: Partial<Variant> = {}): Variant {
  const [sign, axis = ''] = name.split('-')
  const role =
    sign === 'plus' ? 'alone' : sign === 'minus' ? 'without' : (name as 'before' | 'after')
  return {
    name,
    title: name,
    role,
    axis: axis === '' ? null : axis,
    design: `design=of-${name}`,
    hazards: [],
    knownBad: [],
    caveats: [],
    ...changes,
  }
}

export function fixtureLadderPlan(
  variants: Variant[],
  changes: Partial<LadderPlan> = {},
): LadderPlan {
  const { arms: _, ...plan } = fixturePlan({ blocks: 4, driver: 'simulator' })
  return { ...plan, arms: variants, stock: 'plenty', ...changes }
}

/** Blocks of every variant, forward and backward; an arm without settings is paid for all. */
export function fixtureLadder(plan: LadderPlan, behaviours: Record<string, ArmBehaviour>): Block[] {
  const rounds = Array.from({ length: plan.blocks }, (_, round) =>
    (round % 2 === 0 ? plan.arms : plan.arms.toReversed()).map(({ name }) => ({ name, round })),
  ).flat()
  return rounds.map(({ name, round }, index) => {
    const { paid = 10, rounds, checkoutMs, soldOut, changes } = behaviours[name] ?? {}
    const share = rounds?.[round] ?? paid
    const outcomes = Array.from(
      { length: 10 },
      (_, n): JourneyOutcome => (n < share ? 'paid' : soldOut ? 'soldOut' : 'failed'),
    )
    const block = fixtureBlock({ index, arm: name, ...changes }, outcomes)
    if (checkoutMs === undefined) return block
    const history = block.history.map((journey) =>
      journey.checkoutMs === null ? journey : { ...journey, checkoutMs },
    )
    return { ...block, history }
  })
}

export const waits = (deadlocks: number) => ({
  contention: { deadlocks, lockWaits: 9, lockTimeMs: 9, poolWaits: 0, poolTimeouts: 0 },
})

/** A ladder of the axes a and b. */
export const twoAxes = ['before', 'plus-a', 'plus-b', 'minus-a', 'minus-b', 'after'].map((name) =>
  fixtureVariant(name),
)

/** The report of a ladder whose first design is paid 2 of 10 and deadlocks. */
export function judgedLadder(
  behaviours: Record<string, ArmBehaviour>,
  changes: Partial<LadderPlan> = {},
  arms: Variant[] = twoAxes,
): StockReport {
  const plan = fixtureLadderPlan(arms, changes)
  const before: ArmBehaviour = { paid: 2, changes: waits(30) }
  return stockReport(plan, fixtureLadder(plan, { before, ...behaviours }))
}

/** What each axis means, by its name. */
export const meaningsOf = ({ axes }: StockReport) =>
  Object.fromEntries(axes.map(({ axis, meaning }) => [axis, meaning]))
