import type { ArmReport, Block, Environment, Plan, Report, RunVerdict } from '../run/result.ts'
import { compare, noiseFloorOfSession } from './compare.ts'
import * as rules from './rules.ts'
import { type Session, sessionOf } from './session.ts'
import { sumsAddUp } from './sums.ts'

/**
 * Worst first. A broken invariant is definite evidence even from a bad run, so it wins over
 * distrust; a missed target does not, for it may be the rig that missed it.
 */
const SEVERITY = ['invariant-broken', 'untrusted', 'target-missed'] as const

const EXIT_CODES: Record<RunVerdict, number> = {
  'as-expected': 0,
  'invariant-broken': 1,
  'target-missed': 2,
  untrusted: 3,
}

/** Exit code of the process for a verdict: 0 to 3 (4, bad arguments, never gets this far). */
export function exitCodeOf(verdict: RunVerdict): number {
  return EXIT_CODES[verdict]
}

/**
 * Everything that may be said of a session, and nothing more. Pure: the same blocks give the same
 * report. The last arm is the one under judgement, the first what it is compared with.
 *
 * @throws RangeError when the plan has no arm, or an arm has no block at all.
 */
export function judge(plan: Plan, blocks: readonly Block[], environment: Environment): Report {
  const session = sessionOf(plan, blocks)
  const noiseFloor = noiseFloorOfSession(session)
  const arms: Record<string, ArmReport> = Object.fromEntries(
    session.arms.map((arm) => [arm.name, arm.report]),
  )
  const sums = sumsAddUp({ plan, arms }, blocks)
  const findings = rulesFor(noiseFloor?.goodput ?? 0).flatMap((rule) => rule(session))
  if (sums.verdict !== 'true') {
    findings.push(
      rules.untrusted(`The report does not add up: ${sums.first ?? 'no reason given'}.`),
    )
  }
  const comparison = findings.some((finding) => finding.forbidsClaim)
    ? null
    : compare(session, noiseFloor)
  findings.push(...(comparison?.caveats ?? []).map((caveat) => rules.remark(caveat)))
  return {
    verdict: worstOf(findings),
    reasons: worstFirst(findings).map((finding) => finding.reason),
    scenario: plan.scenario,
    seed: plan.seed,
    driver: plan.driver,
    plan,
    versions: environment,
    arms,
    ratios: comparison?.ratios ?? null,
    claims: comparison?.claims ?? [],
    noiseFloor,
    generator: generatorOf(session),
    sums,
    startedAt: new Date(Math.min(...blocks.map((block) => block.crowdStartMs))).toISOString(),
  }
}

function rulesFor(goodputNoise: number): rules.Rule[] {
  return [
    rules.invariantBroken,
    rules.auditUnknown,
    rules.neverQuiet,
    rules.loadDropped,
    rules.generatorSaturated,
    rules.loadsDiffer,
    rules.tooFewBlocks,
    rules.beforeDidNotBreak(goodputNoise),
    rules.servedTooLittle,
    rules.tooSlow,
    rules.deadlocked,
    rules.machineBusy,
    rules.knownFailures,
  ]
}

function worstOf(findings: readonly rules.Finding[]): RunVerdict {
  return SEVERITY.find((verdict) => findings.some((f) => f.verdict === verdict)) ?? 'as-expected'
}

function worstFirst(findings: readonly rules.Finding[]): rules.Finding[] {
  const rank = ({ verdict }: rules.Finding) =>
    verdict === null ? SEVERITY.length : SEVERITY.indexOf(verdict)
  return findings.toSorted((a, b) => rank(a) - rank(b))
}

/** The worst arm and the busiest block: a mean would let a good arm hide a bad one. */
function generatorOf({ arms }: Session): Report['generator'] {
  const shares = arms.flatMap((arm) => arm.blocks.map((block) => block.cpu.generator))
  return {
    droppedPercent: Math.max(...arms.map(rules.droppedPercentOf)),
    cpuPercent: Math.max(...shares),
  }
}
