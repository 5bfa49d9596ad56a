import type { Decision, Estimate } from '../judge/inference.ts'
import type { Judgement, VariantPlan } from '../judge/result.ts'
import type { RunReport, RunVerdict, StockLevel } from '../run/result.ts'

/** A design that was not run, and why its options do not go together. */
export interface LeftOut {
  name: string
  reason: string
}

export interface LadderPlan extends VariantPlan {
  stock: StockLevel
}

/** What the run says of one axis. */
export interface AxisReport {
  axis: string
  meaning: Meaning
  /** What the axis brings to goodput in after ÷ what it brings alone, in the same rounds. */
  interaction: { ratio: Estimate; decision: Decision } | null
  sentence: string
}

/** Only what was decided has a part in it: a step that was not is never taken for none. */
export type Meaning =
  | 'helps alone'
  | 'helps alone, others make up for it'
  | 'helps alone, less together'
  | 'helps alone and is needed'
  | 'helps only together'
  | 'helps more together than alone'
  | 'after needs it'
  | 'costs alone'
  | 'costs alone, helps only together'
  | 'after is better without it'
  | 'no difference'
  | 'not decided'
  | 'no claim'

/** What the blocks of one level of stock allow to say. */
export interface StockReport extends Pick<Judgement, 'arms' | 'variants' | 'sums'> {
  stock: StockLevel
  plan: LadderPlan
  /** Of a ladder; a comparison has none. */
  axes: AxisReport[]
  claims: string[]
  notes: string[]
  /** Why the run fails or cannot be trusted, worst first. */
  findings: { verdict: RunVerdict; reason: string }[]
}

/** report.json of a ladder or a comparison. */
export interface LadderReport extends RunReport {
  kind: 'ladder' | 'compare'
  /** The command that runs it again. */
  again: string
  stocks: StockReport[]
  leftOut: LeftOut[]
}
