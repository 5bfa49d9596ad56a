import type { CheckResult } from '../../audit/checker.ts'
import type { Variant } from '../../server/designs/ladder.ts'
import type { ArmReport, Plan, Ratio, RunVerdict } from '../run/result.ts'
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

/** Which way a figure points once noise is allowed for. */
export type Direction = 'higher' | 'lower' | 'none'

/** One arm ÷ another: the median over pairs of blocks, with its 95 % interval. */
export interface Comparison {
  /** Name of the arm that it is compared with. */
  with: string
  goodput: Ratio
  p99: Ratio | null
  /** Pairs of blocks that have both figures. */
  pairs: { goodput: number; p99: number }
  /** Of these two arms. */
  noiseFloor: NoiseFloor
  directions: { goodput: Direction; p99: Direction | null }
  /** By goodput; where that shows no difference, by p99. */
  effect: 'better' | 'worse' | 'none'
}
