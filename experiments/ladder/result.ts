import type { Variant } from '../../server/designs/ladder.ts'
import type {
  ArmReport,
  CheckResult,
  Environment,
  Plan,
  Ratio,
  RunVerdict,
  StockLevel,
} from '../run/result.ts'

/** A design that was not run, and why its options do not go together. */
export interface LeftOut {
  name: string
  reason: string
}

/** The first arm is what the others are compared with. */
export interface LadderPlan extends Plan {
  arms: Variant[]
  stock: StockLevel
}

/** Which way a figure points once noise is allowed for. */
export type Direction = 'higher' | 'lower' | 'none'

/** One design against another: the median over pairs of blocks, with its 95 % interval. */
export interface Step {
  /** Name of the arm that it is compared with. */
  with: string
  goodput: Ratio
  p99: Ratio | null
  /** Of these two arms: largest difference between blocks of one of them, 0.1 = 10 %. */
  noiseFloor: { goodput: number; p99: number | null }
  directions: { goodput: Direction; p99: Direction | null }
  /** By goodput; where that shows no difference, by p99. */
  effect: 'better' | 'worse' | 'none'
}

/** `known` = red, as was to be expected of it; such an arm does not fail the run. */
export type Audit = 'green' | 'known' | 'red' | 'unknown'

export interface VariantReport extends Variant {
  audit: Audit
  /** Names of the checks that broke. */
  broken: string[]
  /** Against the first arm; null for that arm, and where nothing may be claimed. */
  over: Step | null
  /** Against after, for a design that leaves one axis of it out. */
  against: Step | null
  /** Why there is no claim; null where there is one. */
  silence: string | null
}

/** What the run says of one axis. */
export interface AxisReport {
  axis: string
  meaning: Meaning
  sentence: string
}

export type Meaning =
  | 'helps alone'
  | 'helps alone, others make up for it'
  | 'helps alone and is needed'
  | 'helps only together'
  | 'after needs it'
  | 'costs alone'
  | 'costs alone, helps only together'
  | 'after is better without it'
  | 'no difference'
  | 'no claim'

/** Everything that may be said of the blocks of one level of stock. */
export interface StockReport {
  stock: StockLevel
  plan: LadderPlan
  arms: Record<string, ArmReport>
  variants: VariantReport[]
  /** Of a ladder; a comparison has none. */
  axes: AxisReport[]
  claims: string[]
  notes: string[]
  /** Why the run fails or cannot be trusted, worst first. */
  faults: { verdict: RunVerdict; reason: string }[]
  sums: CheckResult
}

export interface LadderReport {
  kind: 'ladder' | 'compare'
  verdict: RunVerdict
  reasons: string[]
  /** The command that runs it again. */
  again: string
  stocks: StockReport[]
  leftOut: LeftOut[]
  versions: Environment
  startedAt: string
}
