import type { Variant } from '../../server/designs/ladder.ts'
import type { Block } from '../run/result.ts'
import { auditOf, brokenIn, knownIn } from './audit.ts'
import { compareArms, noiseFloorOfArms } from './compare.ts'
import { bySeverity } from './exit-code.ts'
import { type JudgedArm, type JudgedRun, judgedRun } from './judged-run.ts'
import type { Comparison, Finding, Judgement, VariantPlan, VariantReport } from './result.ts'
import { beforeBroke } from './rules/before-broke.ts'
import { loadsDiffer, tooFewBlocks } from './rules/comparable.ts'
import { auditUnknown, brokenData, neverQuiescent, redArm } from './rules/data.ts'
import { faultsActed } from './rules/faults.ts'
import { generatorTrust } from './rules/generator.ts'
import { effectsDead, workLeft } from './rules/leftover.ts'
import { machineTrust } from './rules/machine.ts'
import { deadlocked, objectiveMissed } from './rules/objective.ts'
import { notRecovered } from './rules/recovery.ts'
import { type Rule, untrusted } from './rules/rule.ts'
import { atWorkBeforeCrowd, busyBeforeCrowd, notSteady, warmedUpLess } from './rules/start.ts'
import { sumsAddUp } from './sums.ts'
import { termsOf } from './terms.ts'

/** What must hold of two arms before they may be compared. */
const trust: Rule[] = [
  auditUnknown,
  neverQuiescent,
  // First what explains the others.
  ...machineTrust,
  ...generatorTrust,
  faultsActed,
  atWorkBeforeCrowd,
  busyBeforeCrowd,
  warmedUpLess,
  notSteady,
  loadsDiffer,
  tooFewBlocks,
]

/** What the last arm must reach. */
const targets: Rule[] = [objectiveMissed, deadlocked, notRecovered, workLeft, effectsDead]

/**
 * Everything that the blocks allow to say, of two arms or more, and nothing else. Pure: the same
 * blocks give the same judgement. The exit code follows from its findings: see exit-code.ts.
 * @throws RangeError when the plan has no arm, or an arm has no block at all
 */
export function judge(plan: VariantPlan, blocks: readonly Block[]): Judgement {
  const run = judgedRun(plan, blocks)
  const arms = Object.fromEntries(run.arms.map(({ name, report }) => [name, report]))
  const noiseFloor = noiseFloorOfArms(run.before ? [run.before, run.after] : [run.after])
  const sums = sumsAddUp({ plan, arms }, blocks)
  const variants = plan.arms.map((variant, index) => variantReport(plan, run, variant, index))
  const findings = [
    ...brokenVariants(plan, run),
    ...trustFindings(run),
    ...lastArmFindings(run, plan, variants.at(-1)?.over?.effect === 'worse'),
    ...(sums.verdict === 'true'
      ? []
      : [untrusted(`The report does not add up: ${sums.first ?? 'no reason given'}.`)]),
  ]
  return { run, arms, variants, noiseFloor, findings: bySeverity(findings), sums }
}

function brokenVariants(plan: VariantPlan, { arms }: JudgedRun): Finding[] {
  return plan.arms.flatMap((variant, index) => {
    const arm = arms[index]
    return arm ? brokenData(arm, variant.title, knownIn(plan, variant)) : []
  })
}

/** Each arm by itself and against the first; what is found of several arms stands once. */
function trustFindings(run: JudgedRun): Finding[] {
  const found = run.arms.flatMap((arm) =>
    trust.flatMap((rule) => rule({ ...run, arms: [arm], after: arm })),
  )
  return [...new Map(found.map((finding) => [finding.reason, finding])).values()]
}

/** Options side by side have no target. An after that is worse needs no before that broke. */
function lastArmFindings(run: JudgedRun, plan: VariantPlan, isWorse: boolean): Finding[] {
  if (plan.arms.at(-1)?.role !== 'after') return []
  return [...(isWorse ? [] : [beforeBroke]), ...targets].flatMap((rule) => rule(run))
}

function variantReport(
  plan: VariantPlan,
  { arms }: JudgedRun,
  variant: Variant,
  index: number,
): VariantReport {
  const [own, reference, last] = [arms[index], arms[0], arms.at(-1)]
  if (!own || !reference || !last) throw new RangeError(`no arm ${variant.name}`)
  const audit = auditOf(own.report, knownIn(plan, variant))
  const broken = brokenIn(own.report)
  const result = { ...variant, audit, broken, over: null, against: null, noClaim: null }
  if (own === reference) return result
  const over = outcomeOf(plan, reference, own)
  const against = variant.role === 'without' ? outcomeOf(plan, last, own) : none
  const noClaim = over.doubt ?? against.doubt
  if (noClaim !== null) return { ...result, noClaim }
  return { ...result, over: over.comparison, against: against.comparison }
}

/** A comparison of two arms, or why they cannot be compared. */
interface Outcome {
  comparison: Comparison | null
  doubt: string | null
}

const none: Outcome = { comparison: null, doubt: null }

function outcomeOf(plan: VariantPlan, before: JudgedArm, after: JudgedArm): Outcome {
  const run: JudgedRun = { plan, arms: [before, after], before, after }
  const rules = [redArm, ...trust]
  const doubt = rules.flatMap((rule) => rule(run)).find(({ forbidsClaim }) => forbidsClaim)
  if (doubt) return { comparison: null, doubt: doubt.reason }
  const comparison = compareArms(before, after, termsOf(plan).margin)
  return { comparison, doubt: comparison ? null : 'There is no pair of blocks to compare.' }
}
