import type { Variant } from '../../server/designs/ladder.ts'
import { amount, interval } from '../judge/format.ts'
import { type Decision, decide, decideAll, estimate } from '../judge/inference.ts'
import type { Comparison, Finding, VariantReport } from '../judge/result.ts'
import { untrusted } from '../judge/rules/rule.ts'
import type { ArmReport, Ratio } from '../run/result.ts'
import type { AxisReport, Meaning } from './result.ts'

type Arms = Record<string, ArmReport>

/** What the run says of each axis of a ladder, in the order of the axes. */
export function axesOf(variants: readonly VariantReport[], arms: Arms): AxisReport[] {
  const steps = variants.filter(({ role, isControl }) => role !== 'option' && !isControl)
  const axes = [...new Set(steps.flatMap(({ axis }) => axis ?? []))].map((axis) => {
    const find = (role: Variant['role']) =>
      steps.find((variant) => variant.role === role && variant.axis === axis)
    return { axis, alone: find('alone'), without: find('without') }
  })
  const interactions = interactionsOf(axes)
  return axes.map(({ axis, alone, without }, index) => {
    const interaction = interactions[index] ?? null
    const meaning = meaningOf(alone, without, interaction?.decision)
    const parts = [
      alone ? `alone, ${stepWords(alone, alone.over, arms)}` : 'alone it is no design',
      ...(without ? [`left out, ${stepWords(without, without.against, arms)}`] : []),
      ...(interaction
        ? [`together ÷ alone: ${ratioWords(interaction.ratio, interaction.decision)}`]
        : []),
    ]
    return {
      ...{ axis, meaning, interaction },
      sentence: `${sentenceOf(axis, meaning)}: ${parts.join('; ')}.`,
    }
  })
}

interface AxisSteps {
  alone: VariantReport | undefined
  without: VariantReport | undefined
}

/**
 * Whether an axis brings more in after than alone, round by round: (after ÷ without it) ÷ (with it
 * alone ÷ before). Tested where one of the two steps was claimed, all of them together.
 */
function interactionsOf(axes: readonly AxisSteps[]): AxisReport['interaction'][] {
  const ratios = axes.map(({ alone, without }) => {
    const [gain, loss] = [alone?.over, without?.against]
    if (!gain || !loss) return null
    const gains = gain.pairRatios.goodput
    return loss.pairRatios.goodput.map((ratio, round) => 1 / ratio / (gains[round] ?? Number.NaN))
  })
  const isTested = ({ alone, without }: AxisSteps) =>
    [alone?.over, without?.against].some((step) => step && isClaim(step.decisions.goodput))
  const tested = ratios.flatMap((pairRatios, index) =>
    pairRatios && axes[index] && isTested(axes[index]) ? [{ pairRatios, weight: 1 }] : [],
  )
  const margin = axes.find(({ alone }) => alone?.over)?.alone?.over?.margin ?? 0
  const judged = decideAll(tested, margin)
  return ratios.map((pairRatios) => {
    if (!pairRatios) return null
    const index = tested.findIndex((claim) => claim.pairRatios === pairRatios)
    return { ratio: estimate(pairRatios), decision: judged[index]?.decision ?? 'undecided' }
  })
}

const isClaim = (decision: Decision) => decision === 'higher' || decision === 'lower'

/** Steps from a design to itself: what they show is noise, or this run is no good. */
export function controlsOf(variants: readonly VariantReport[], arms: Arms): string[] {
  return variants
    .filter(({ isControl }) => isControl)
    .map((variant) => {
      const step = variant.role === 'without' ? variant.against : variant.over
      const words = stepWords(variant, step, arms)
      return `A/A of this run, ${variant.title}, ${words}.`
    })
}

/** 3: a difference was claimed between two runs of the same design. */
export function controlFindings(variants: readonly VariantReport[]): Finding[] {
  return variants.flatMap(({ isControl, title, over, against }) =>
    isControl && [over, against].some((step) => ['better', 'worse'].includes(step?.effect ?? ''))
      ? [
          untrusted(
            `The run’s own A/A differs: ${title} is ${(over ?? against)?.effect} than ` +
              `${(over ?? against)?.with}, though it is the same design.`,
          ),
        ]
      : [],
  )
}

function sentenceOf(axis: string, meaning: Meaning): string {
  if (meaning === 'no difference') return `${axis} made no difference here`
  if (meaning === 'not decided') return `what ${axis} does was not decided`
  if (meaning === 'no claim') return `${axis} allows no claim`
  return meaning.startsWith('after') ? meaning.replace(/it$/, axis) : `${axis} ${meaning}`
}

/**
 * Alone it shows what it buys over before; left out, what after owes to it.
 * @param interaction of goodput: whether it brings more in after than alone
 */
function meaningOf(
  alone: VariantReport | undefined,
  without: VariantReport | undefined,
  interaction: Decision | undefined,
): Meaning {
  const gain = alone?.over?.effect
  const loss = without?.against?.effect
  if (loss === 'worse') {
    if (gain === 'better') return 'helps alone and is needed'
    if (gain === 'worse') return 'costs alone, helps only together'
    if (gain === 'none') return 'helps only together'
    return interaction === 'higher' ? 'helps more together than alone' : 'after needs it'
  }
  if (gain === 'worse') return 'costs alone'
  if (loss === 'better') return 'after is better without it'
  if (gain === 'better') {
    if (loss === 'none') return 'helps alone, others make up for it'
    return interaction === 'lower' ? 'helps alone, less together' : 'helps alone'
  }
  if (gain === 'undecided' || loss === 'undecided') return 'not decided'
  return gain === 'none' || loss === 'none' ? 'no difference' : 'no claim'
}

/** Sentences about whole designs: after and peak, or each option of a comparison. */
export function claimsOf(variants: readonly VariantReport[], arms: Arms): string[] {
  const whole = variants
    .filter(({ role }) => role === 'after' || role === 'peak' || role === 'option')
    .filter((variant, index) => variant.role !== 'option' || index > 0)
  return [
    ...whole.map((variant) => `${variant.title} ${stepWords(variant, variant.over, arms)}.`),
    ...togetherClaim(variants),
  ]
}

/** Whether all steps together bring more than each alone, by the product over all of them. */
function togetherClaim(variants: readonly VariantReport[]): string[] {
  const after = variants.find(({ role }) => role === 'after')?.over
  const alone = variants.filter(({ role, isControl }) => role === 'alone' && !isControl)
  const steps = alone.flatMap(({ over }) => over ?? [])
  if (!after || steps.length === 0) return []
  if (steps.length < alone.length) {
    return ['Not each step alone allows a claim: what they bring together is not decided.']
  }
  const products = after.pairRatios.goodput.map((_, round) =>
    steps.reduce((all, { pairRatios }) => all * (pairRatios.goodput[round] ?? Number.NaN), 1),
  )
  const beyond = after.pairRatios.goodput.map((ratio, round) => ratio / (products[round] ?? 1))
  const rest = {
    higher: 'the rest comes only from steps together',
    lower: 'the steps make up for each other',
    equivalent: 'together they bring what each brings alone',
    undecided: 'whether that is more or less was not decided',
  }[decide(beyond, after.margin)]
  return [
    `All steps alone multiply to ${interval(estimate(products))}, all together are ` +
      `${interval(after.goodput)}: ${rest}.`,
  ]
}

/** `over before: goodput 5.9 × (5.1 to 6.8), p99 1 × (…): no difference, deadlocks 41 → 0` */
function stepWords(variant: VariantReport, step: Comparison | null, arms: Arms): string {
  if (!step) return `no claim (${noClaimWords(variant)})`
  const [from, to] = [arms[step.with], arms[variant.name]]
  const figures = [
    `goodput ${ratioWords(step.goodput, step.decisions.goodput)}`,
    step.p99 && step.decisions.p99
      ? `p99 ${ratioWords(step.p99, step.decisions.p99)}`
      : 'no p99 ratio',
    `deadlocks ${amount(from?.deadlocks ?? 0)} → ${amount(to?.deadlocks ?? 0)}`,
  ]
  return `over ${step.with}: ${figures.join(', ')}`
}

const noDifference: Partial<Record<Decision, string>> = {
  equivalent: ': no difference',
  undecided: ': not decided',
}

/** A ratio, and what it does not show. */
const ratioWords = (ratio: Ratio, decision: Decision): string =>
  `${interval(ratio)}${noDifference[decision] ?? ''}`

const noClaimWords = ({ noClaim, audit, broken }: VariantReport): string =>
  noClaim === null && audit !== 'green'
    ? `it breaks “${broken.join('”, “')}”`
    : (noClaim ?? 'nothing to compare').replace(/\.$/, '')
