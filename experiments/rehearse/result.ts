import type { CheckResult } from '../../audit/checker.ts'
import type { Variant } from '../../server/designs/ladder.ts'
import { knownBadOf } from '../judge/audit.ts'
import { bySeverity, worstVerdict } from '../judge/exit-code.ts'
import type { Estimate } from '../judge/inference.ts'
import { judge } from '../judge/judge.ts'
import type { JudgedRun } from '../judge/judged-run.ts'
import { armRecovery, type Recovery } from '../judge/recovery.ts'
import type { Audit, Comparison, Finding, NoiseFloor, TimeRatio } from '../judge/result.ts'
import { fsyncTooFast } from '../judge/rules/durability.ts'
import { expectation } from '../judge/rules/expectation.ts'
import { droppedPercentOf } from '../judge/rules/generator.ts'
import { remark } from '../judge/rules/rule.ts'
import { type Terms, termsOf } from '../judge/terms.ts'
import { roleOf } from '../report/document.ts'
import type { ArmReport, Block, Driver, Environment, Plan, RunReport } from '../run/result.ts'
import { claimsOf, comparisonRemarks, runRemarks } from './claims.ts'

/** report.json of a rehearsal: a ladder of two arms, without steps between them. */
export interface RehearsalReport extends RunReport {
  scenario: string
  seed: number
  driver: Driver
  plan: Plan
  arms: Record<string, ArmReport>
  /** `known` = red, as the registry says of the design. */
  audits: Record<string, Audit>
  /** Whether each arm recovered from the faults, or why that is not known; null without faults. */
  recoveries: Record<string, Recovery | string> | null
  /** What the run was judged by. */
  terms: Terms
  /** After ÷ before; null when none may be stated (see reasons). */
  ratios: { goodput: Estimate; p99: TimeRatio | null; sojourn: TimeRatio | null } | null
  /** What the ratios show; null without any. */
  decisions: Comparison['decisions'] | null
  /** The same, a sentence each. */
  claims: string[]
  /** How far blocks of one arm differ among themselves: for display, it decides nothing. */
  noiseFloor: NoiseFloor | null
  generator: { droppedPercent: number; cpuPercent: number | null }
  /** Whether this report's own counts add up. */
  sums: CheckResult
}

/**
 * The last arm is the one under judgement, the first what it is compared with. Pure: the same
 * blocks give the same report.
 * @throws RangeError when the plan has no arm, or an arm has no block at all
 */
export function rehearsalReport(
  plan: Plan,
  blocks: readonly Block[],
  versions: Environment,
): RehearsalReport {
  const {
    run,
    arms,
    variants,
    noiseFloor,
    sums,
    findings: judged,
  } = judge(variantPlan(plan), blocks)
  const found = [...judged, ...runRemarks(run), ...fsyncTooFast(versions)]
  const isUnclaimed = found.some(({ forbidsClaim }) => forbidsClaim)
  const comparison: Comparison | null = isUnclaimed ? null : (variants.at(-1)?.over ?? null)
  const caveats = comparison
    ? comparisonRemarks(run, comparison)
    : noClaimRemarks(variants.at(-1)?.noClaim ?? null, found)
  const judgedByTerms = isUnclaimed ? [] : expectation(run, comparison, variants)
  const findings = bySeverity([...found, ...judgedByTerms, ...caveats.map((text) => remark(text))])
  return {
    verdict: worstVerdict(findings.flatMap(({ verdict }) => verdict ?? [])),
    reasons: findings.map(({ reason }) => reason),
    scenario: plan.scenario,
    seed: plan.seed,
    driver: plan.driver,
    plan,
    versions,
    arms,
    audits: Object.fromEntries(variants.map(({ name, audit }) => [name, audit])),
    recoveries: recoveriesOf(run),
    terms: termsOf(plan),
    ratios: comparison && {
      goodput: comparison.goodput,
      p99: comparison.p99,
      sojourn: comparison.sojourn,
    },
    decisions: comparison?.decisions ?? null,
    claims: comparison ? claimsOf(run, comparison) : [],
    noiseFloor,
    generator: generatorOf(run),
    sums,
    startedAt: new Date(Math.min(...blocks.map((block) => block.crowdStartMs))).toISOString(),
  }
}

const recoveriesOf = ({ plan, arms }: JudgedRun): RehearsalReport['recoveries'] =>
  plan.faults.length === 0
    ? null
    : Object.fromEntries(arms.map(({ name, blocks }) => [name, armRecovery(plan, blocks)]))

/** Why there is no ratio, where no finding says it already. */
const noClaimRemarks = (noClaim: string | null, found: readonly Finding[]): string[] =>
  noClaim === null || found.some(({ reason }) => reason === noClaim)
    ? []
    : [`No ratio is claimed: ${noClaim}.`]

/** Arms with what the registry knows of their designs; of a design that it lacks, nothing. */
function variantPlan(plan: Plan): Plan & { arms: Variant[] } {
  const arms = plan.arms.map((arm, index) => ({
    ...arm,
    ...{ axis: null, hazards: [], caveats: [] },
    knownBad: knownBadOf(arm.design),
    title: arm.name,
    role: roleOf(index, plan.arms.length),
  }))
  return { ...plan, arms }
}

/** The worst arm and the busiest block: a mean would let a good arm hide a bad one. */
function generatorOf({ arms }: JudgedRun): RehearsalReport['generator'] {
  const shares = arms.flatMap(({ blocks }) => blocks.map(({ cpu }) => cpu.generator))
  const known = shares.filter((share) => share !== null)
  return {
    droppedPercent: Math.max(...arms.map(droppedPercentOf)),
    cpuPercent: known.length < shares.length ? null : Math.max(...known),
  }
}
