import { caveatsOf } from '../judge/caveats.ts'
import { bySeverity } from '../judge/exit-code.ts'
import { judge } from '../judge/judge.ts'
import type { JudgedArm } from '../judge/judged-run.ts'
import { TRUST } from '../judge/rules/trust-limits.ts'
import { termsOf } from '../judge/terms.ts'
import type { Block } from '../run/result.ts'
import { axesOf, claimsOf, controlFindings, controlsOf } from './meaning.ts'
import type { LadderPlan, StockReport } from './result.ts'
import { withSteps } from './steps.ts'

/**
 * What each design does against the first, and what after loses without one of its axes. Pure: the
 * same blocks give the same report.
 * @throws RangeError when the plan has no arm, or an arm has no block at all
 */
export function stockReport(plan: LadderPlan, blocks: readonly Block[]): StockReport {
  const { run, arms, variants: judged, findings, sums } = judge(plan, blocks)
  const variants = withSteps(judged, termsOf(plan).margin)
  return {
    stock: plan.stock,
    plan,
    arms,
    variants,
    axes: axesOf(variants, arms),
    claims: claimsOf(variants, arms),
    notes: [...controlsOf(variants, arms), ...caveatsOf(run.arms), ...busyNotes(run.arms)],
    findings: bySeverity([...findings, ...controlFindings(variants)]).flatMap(
      ({ verdict, reason }) => (verdict === null ? [] : [{ verdict, reason }]),
    ),
    sums,
  }
}

/** Generator and shop share the cores: a full machine flattens every difference. */
function busyNotes(arms: readonly JudgedArm[]): string[] {
  const busy = arms.filter(({ blocks }) =>
    blocks.some(({ cpu }) => cpu.machineBusyPercent > TRUST.machineBusyPercentMax),
  )
  if (busy.length === 0) return []
  const names =
    busy.length === arms.length ? 'every design' : busy.map(({ name }) => name).join(', ')
  return [
    `All cores were over ${TRUST.machineBusyPercentMax} % busy in a block of ${names}: ` +
      'goodput is understated, times are overstated, differences flattened.',
  ]
}
