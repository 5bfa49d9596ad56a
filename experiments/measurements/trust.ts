import { judgedRun } from '../judge/judged-run.ts'
import { generatorTrust } from '../judge/rules/generator.ts'
import { machineTrust } from '../judge/rules/machine.ts'
import type { Block, Plan } from '../run/result.ts'

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
