import type { ArmReport, ArmSpec, Block, Plan } from '../run/result.ts'
import { armReport, blocksOf } from './summarize.ts'

/** An arm with its blocks and their summary. */
export interface JudgedArm {
  name: string
  design: string
  blocks: Block[]
  report: ArmReport
}

/** What the rules look at. `after` is the last arm, the one under judgement; `before` the first. */
export interface JudgedRun {
  plan: Plan
  arms: JudgedArm[]
  after: JudgedArm
  /** Null when there is one arm and nothing to compare with. */
  before: JudgedArm | null
}

/** @throws RangeError when the plan has no arm, or an arm has no block at all. */
export function judgedRun(plan: Plan, blocks: readonly Block[]): JudgedRun {
  const arms = plan.arms.map((spec) => judgedArm(spec, blocks))
  const after = arms.at(-1)
  if (!after) throw new RangeError('the plan has no arm to judge')
  return { plan, arms, after, before: arms.length > 1 ? (arms[0] ?? null) : null }
}

function judgedArm({ name, design }: ArmSpec, blocks: readonly Block[]): JudgedArm {
  const own = blocksOf(name, blocks)
  return { name, design, blocks: own, report: armReport(design, own) }
}

/** Whether the run compares two designs: not an A/A pair, and not a smoke run. */
export function comparesDesigns({ plan, before, after }: JudgedRun): boolean {
  return before !== null && before.design !== after.design && plan.scenario !== 'smoke'
}
