import { latencyOf } from '../judge/summarize.ts'
import type { Block, Plan } from '../run/result.ts'

/** A crowd of the simulator without faults, a steady one in one block unless the plan differs. */
export const simulatorPlan = (
  plan: Pick<Plan, 'arms' | 'rate' | 'durationSeconds'> & Partial<Plan>,
): Plan => ({
  ...{ scenario: 'smoke', blocks: 1, seed: 1, driver: 'simulator', faults: [] },
  ...plan,
})

/** Stands for a block in which no journey was served: the longest wait of a journey. */
const unservedMs = 60_000

/** 99th percentile of the checkouts that were served in a block. */
export const p99MsOf = (block: Block): number => latencyOf([block])?.p99 ?? unservedMs
