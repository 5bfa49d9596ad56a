import { amount, interval, times } from '../judge/format.ts'
import type { Decision } from '../judge/inference.ts'
import type { Comparison, VariantReport } from '../judge/result.ts'
import type { ArmReport, Ratio } from '../run/result.ts'
import type { AxisReport, Meaning } from './result.ts'

type Arms = Record<string, ArmReport>

/** What the run says of each axis of a ladder, in the order of the axes. */
export function axesOf(variants: readonly VariantReport[], arms: Arms): AxisReport[] {
  const names = new Set(
    variants.flatMap(({ role, axis }) => (role === 'option' ? [] : (axis ?? []))),
  )
  return [...names].map((axis) => {
    const alone = variants.find((variant) => variant.role === 'alone' && variant.axis === axis)
    const without = variants.find((variant) => variant.role === 'without' && variant.axis === axis)
    const meaning = meaningOf(alone, without)
    const parts = [
      alone ? `alone, ${stepWords(alone, alone.over, arms)}` : 'alone it is no design',
      ...(without ? [`left out, ${stepWords(without, without.against, arms)}`] : []),
    ]
    return { axis, meaning, sentence: `${sentenceOf(axis, meaning)}: ${parts.join('; ')}.` }
  })
}

function sentenceOf(axis: string, meaning: Meaning): string {
  if (meaning === 'no difference') return `${axis} made no difference here`
  if (meaning === 'not decided') return `what ${axis} does was not decided`
  if (meaning === 'no claim') return `${axis} allows no claim`
  return meaning.startsWith('after') ? meaning.replace(/it$/, axis) : `${axis} ${meaning}`
}

/** Alone it shows what it buys over before; left out, what after owes to it. */
function meaningOf(alone: VariantReport | undefined, without: VariantReport | undefined): Meaning {
  const gain = alone?.over?.effect
  const loss = without?.against?.effect
  if (loss === 'worse') {
    if (gain === 'better') return 'helps alone and is needed'
    if (gain === 'worse') return 'costs alone, helps only together'
    return gain === 'none' ? 'helps only together' : 'after needs it'
  }
  if (gain === 'worse') return 'costs alone'
  if (loss === 'better') return 'after is better without it'
  if (gain === 'better')
    return loss === 'none' ? 'helps alone, others make up for it' : 'helps alone'
  if (gain === 'undecided' || loss === 'undecided') return 'not decided'
  return gain === 'none' || loss === 'none' ? 'no difference' : 'no claim'
}

/** Sentences about whole designs: after, or each option of a comparison. */
export function claimsOf(variants: readonly VariantReport[], arms: Arms): string[] {
  const whole = variants
    .filter(({ role }) => role === 'after' || role === 'option')
    .filter((variant, index) => variant.role === 'after' || index > 0)
  return [
    ...whole.map((variant) => `${variant.title} ${stepWords(variant, variant.over, arms)}.`),
    ...togetherClaim(variants),
  ]
}

/** How much of the gain comes only from the steps together. */
function togetherClaim(variants: readonly VariantReport[]): string[] {
  const after = variants.find(({ role }) => role === 'after')?.over
  const helping = variants.filter(
    (variant) => variant.role === 'alone' && variant.over?.effect === 'better',
  )
  if (after?.decisions.goodput !== 'higher') return []
  if (!variants.some(({ role, over }) => role === 'alone' && over)) return []
  const product = helping
    .filter(({ over }) => over?.decisions.goodput === 'higher')
    .reduce((all, { over }) => all * (over?.goodput.value ?? 1), 1)
  const sum =
    product === 1
      ? 'No step alone is shown to raise goodput'
      : `The steps that raise goodput alone multiply to ${times(product)}`
  const rest = product < after.goodput.low ? ': the rest comes only from steps together' : ''
  return [`${sum}, all together are ${times(after.goodput.value)}${rest}.`]
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
