import { effectOf, provable } from '../judge/compare.ts'
import { type Claim, decideAll, type Judged } from '../judge/inference.ts'
import type { Comparison, VariantReport } from '../judge/result.ts'

type Step = Pick<Comparison, 'pairRatios'>
type StepFindings = Pick<Comparison, 'decisions' | 'visible'>

/** Goodput decides what a step does, so it has most of the error; the rest is that of p99. */
const weights = { goodput: 0.9, p99: 0.1 }

/**
 * Judges all steps of a run together: where no step does anything, a run claims any of them in at
 * most one case of twenty.
 * @param margin differences up to it do not matter: 0.05 = 5 %
 */
export function decideSteps(steps: readonly Step[], margin: number): StepFindings[] {
  const claims = steps.flatMap(({ pairRatios: { goodput, p99 } }): Claim[] => [
    { pairRatios: goodput, weight: weights.goodput },
    ...(p99.length > 0 ? [{ pairRatios: p99, weight: weights.p99 }] : []),
  ])
  const judged = decideAll(claims, margin).values()
  const next = (): Judged => judged.next().value ?? { decision: 'undecided', visible: null }
  return steps.map(({ pairRatios }) => {
    const goodput = next()
    const p99 = pairRatios.p99.length > 0 ? next() : null
    return {
      decisions: { goodput: goodput.decision, p99: p99?.decision ?? null },
      visible: { goodput: goodput.visible, p99: p99?.visible ?? null },
    }
  })
}

/**
 * The variants with their steps judged together. A design that leaves an axis out is a step from
 * after only: what it is beside before is no question of the run, and costs the others no power.
 */
export function withSteps(variants: readonly VariantReport[], margin: number): VariantReport[] {
  const compared = variants.map(stepOf).flatMap((step) => step ?? [])
  const found = decideSteps(compared, margin)
  const decided = new Map(
    compared.map((step, index) => [step, redecided(step, found[index] ?? step)]),
  )
  const replaced = (step: Comparison | null) => (step && decided.get(step)) ?? null
  return variants.map((variant) => ({
    ...variant,
    over: replaced(variant.over),
    against: replaced(variant.against),
  }))
}

const stepOf = ({ role, over, against }: VariantReport) => (role === 'without' ? against : over)

function redecided(step: Comparison, { decisions, visible }: StepFindings): Comparison {
  const { goodput } = decisions
  const p99 = step.p99 && decisions.p99 ? provable(decisions.p99, step.p99.bound) : null
  return { ...step, decisions: { goodput, p99 }, visible, effect: effectOf(goodput, p99) }
}
