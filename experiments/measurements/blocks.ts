import { judgedRun } from '../judge/judged-run.ts'
import { generatorTrust } from '../judge/rules/generator.ts'
import { machineTrust } from '../judge/rules/machine.ts'
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

/**
 * Holds blocks of a measurement to the rules of a rehearsal: that generator and machine did what
 * the plan wanted.
 * @throws Error that names the first reason why they did not: its figures are of something else
 */
export function assertTrusted(plan: Plan, blocks: readonly Block[]): void {
  const run = judgedRun(plan, blocks)
  const [found] = [...generatorTrust, ...machineTrust]
    .flatMap((rule) => rule(run))
    .filter(({ verdict }) => verdict === 'untrusted')
  if (found) throw new Error(`not to be trusted: ${found.reason}`)
}
