import { arrivalTimes } from '../../loadtests/crowd/arrival-times.ts'
import {
  type RehearsalShape,
  type ScenarioName,
  scenarios,
} from '../../loadtests/crowd/profiles.ts'
import { seedOfPair } from '../../loadtests/crowd/settings.ts'
import type { CrowdOptions } from './options.ts'
import type { ArmSpec, Plan } from './result.ts'
import { roundOrders } from './round-order.ts'

/**
 * Without a storm the scenario would be a steady crowd: it brings its own fault, and time enough
 * after it to see whether the shop recovers.
 */
const ownFaults: Partial<Record<ScenarioName, (seconds: number) => Plan['faults']>> = {
  'retry-storm': (seconds) => [
    {
      name: 'retry-storm',
      settings: { attempts: 5, timeoutMs: 300, backoff: 'none', key: 'same' },
      fromSeconds: seconds / 4,
      toSeconds: seconds / 2,
    },
  ],
}

/** Rate and length of a crowd, as asked for or else as the scenario has it. */
export function shapeOf(
  options: Pick<CrowdOptions, 'scenario' | 'blocks' | 'durationSeconds' | 'rate' | 'quick'>,
): RehearsalShape {
  const shape = scenarios[options.scenario].rehearsal[options.quick ? 'quick' : 'usual']
  return {
    blocks: options.blocks ?? shape.blocks,
    durationSeconds: options.durationSeconds ?? shape.durationSeconds,
    rate: options.rate ?? shape.rate,
  }
}

/** The arrival curve of a plan's crowd. */
export const stagesOf = (plan: Pick<Plan, 'scenario' | 'stages' | 'rate' | 'durationSeconds'>) =>
  plan.stages ?? scenarios[plan.scenario as ScenarioName].stages(plan.rate, plan.durationSeconds)

/** Epoch ms at which a plan's customers are due. @param startMs of the first arrival */
export function dueMsOf(plan: Plan, pair: number, startMs: number): number[] {
  const { arrivals = 'even', seed } = plan
  const due = [...arrivalTimes(stagesOf(plan), { arrivals, seed: seedOfPair(seed, pair) })]
  const [first = 0] = due
  return due.map((second) => startMs + (second - first) * 1000)
}

/** The faults that a scenario brings itself. */
export const faultsOf = (scenario: ScenarioName, seconds: number): Plan['faults'] =>
  ownFaults[scenario]?.(seconds) ?? []

/** One block to come: which arm, and the number of its pair, which decides the crowd's seed. */
export interface Turn {
  index: number
  arm: Plan['arms'][number]
  pair: number
}

/** The blocks in rounds: each arm once a round, close to its base, in orders that favour none. */
export function turnsOf({ arms, blocks, seed }: Pick<Plan, 'arms' | 'blocks' | 'seed'>): Turn[] {
  const baseOf = ({ base }: ArmSpec) => arms.find(({ name }) => name === base) ?? arms[0]
  return roundOrders(arms, blocks, seed, baseOf)
    .flatMap((order, pair) => order.map((arm) => ({ arm, pair })))
    .map((turn, index) => ({ index, ...turn }))
}
