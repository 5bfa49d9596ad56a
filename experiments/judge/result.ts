import type { CheckResult } from '../../audit/checker.ts'
import type { Variant } from '../../server/designs/ladder.ts'
import type { ArmReport, Plan, RunVerdict } from '../run/result.ts'
import type { Decision, Estimate } from './inference.ts'
import type { JudgedRun } from './judged-run.ts'

/** A plan with a role for each arm. The first is what the others are compared with. */
export interface VariantPlan extends Plan {
  arms: Variant[]
}

/** Everything that the blocks of a plan allow to say. Two arms are the smallest comparison. */
export interface Judgement {
  run: JudgedRun
  arms: Record<string, ArmReport>
  variants: VariantReport[]
  /** Largest difference between blocks of one arm, of the first and the last; 0.1 = 10 %. */
  noiseFloor: NoiseFloor | null
  /** Worst first. */
  findings: Finding[]
  /** Whether the reports' own counts add up. */
  sums: CheckResult
}

export interface NoiseFloor {
  goodput: number
  p99: number | null
}

/** What one rule found. A finding without a verdict is a remark; it may still forbid a claim. */
export interface Finding {
  verdict: Exclude<RunVerdict, 'as-expected'> | null
  forbidsClaim: boolean
  reason: string
}

/** `known` = red, as was to be expected of it; such an arm does not fail the run. */
export type Audit = 'green' | 'known' | 'red' | 'unknown'

export interface VariantReport extends Variant {
  audit: Audit
  /** Names of the checks that broke. */
  broken: string[]
  /** Against the first arm; null for that arm, and where nothing may be claimed. */
  over: Comparison | null
  /** Against after, for a design that leaves one axis of it out. */
  against: Comparison | null
  /** Why there is no claim; null where there is one. */
  noClaim: string | null
}

/** What a ratio is where one of its times is only known to be more. */
export type Bound = 'at most' | 'at least' | null

export interface TimeRatio extends Estimate {
  bound: Bound
}

/** One arm ÷ another over pairs of blocks. */
export interface Comparison {
  /** Name of the arm that it is compared with. */
  with: string
  goodput: Estimate
  /** Of the 99th percentiles of the checkout, over all that came. */
  p99: TimeRatio | null
  /** Of those from the intended arrival to the end; shown, not claimed. */
  sojourn: TimeRatio | null
  /** What goodput and p99 are estimated from: a ratio for each pair, in the order of the blocks. */
  pairRatios: { goodput: number[]; p99: number[] }
  /** Of these two arms, for display: it decides nothing. Null under two blocks. */
  noiseFloor: NoiseFloor | null
  /** Differences up to it do not matter: 0.05 = 5 %. */
  margin: number
  decisions: { goodput: Decision; p99: Decision | null }
  /** The smallest ratio that so many blocks would have shown; null where they are too few. */
  visible: { goodput: number | null; p99: number | null }
  /** By goodput; where that is equivalent, by p99. `none` = equivalent within the margin. */
  effect: 'better' | 'worse' | 'none' | 'undecided'
}
