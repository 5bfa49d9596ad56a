import { intervalPairsMin } from '../judge/inference.ts'
import { faultsOf, shapeOf, turnsOf } from '../run/plan.ts'
import type { Driver } from '../run/result.ts'
import type { Work } from '../run/run-blocks.ts'
import type { LadderOptions } from './options.ts'
import type { LadderPlan } from './result.ts'

/** The fewest blocks of which an interval is stated; with --quick there is no claim. */
const usual = { blocks: intervalPairsMin }
const quick = { blocks: 2, durationSeconds: 5 }

/** Time of a block besides its crowd: start, warm-up, quiescence, audit. */
const aroundSeconds = 16

/** One plan for each level of stock. @param driver the one available */
export function plansOf(options: LadderOptions, driver: Driver): LadderPlan[] {
  const own = options.quick ? quick : usual
  const shape = shapeOf({
    ...options,
    blocks: options.blocks ?? own.blocks,
    durationSeconds: options.durationSeconds ?? (options.quick ? quick.durationSeconds : undefined),
  })
  return options.stocks.map((stock) => ({
    scenario: options.scenario,
    arms: options.variants,
    ...shape,
    arrivals: options.arrivals,
    seed: options.seed,
    driver,
    stock,
    faults: faultsOf(options.scenario, shape.durationSeconds),
  }))
}

/** The blocks of all plans in rounds: in each round every arm of every plan once. */
export function workOf(plans: readonly LadderPlan[]): Work[] {
  const turns = plans.map((plan) => ({ plan, all: turnsOf(plan) }))
  const rounds = Math.max(0, ...plans.map(({ blocks }) => blocks))
  const work = Array.from({ length: rounds }, (_, pair) =>
    turns.flatMap(({ plan, all }) =>
      all.filter((turn) => turn.pair === pair).map((turn) => ({ plan, turn })),
    ),
  ).flat()
  return work.map(({ plan, turn }, index) => ({ plan, turn: { ...turn, index } }))
}

/** About how long it takes, in whole minutes. */
export function minutesOf(plans: readonly LadderPlan[]): number {
  const seconds = plans.reduce(
    (sum, { arms, blocks, durationSeconds }) =>
      sum + arms.length * blocks * (durationSeconds + aroundSeconds),
    0,
  )
  return Math.max(1, Math.round(seconds / 60))
}
