import { interval, spreadWords, times, wholePercent } from '../format.ts'
import type { Decision, Estimate } from '../inference.ts'
import type { JudgedRun } from '../judged-run.ts'
import type { Comparison, Finding, VariantReport } from '../result.ts'
import { termsOf } from '../terms.ts'
import { failure, remark } from './rule.ts'

/** Which way one figure of two arms points, or that this was not decided and why. */
export function ratioSentence(
  what: string,
  [before, after]: readonly [string, string],
  [ratio, decision, visible]: readonly [Estimate, Decision, number | null],
  margin: number,
): string {
  const figures = `${interval(ratio)}, ${spreadWords(ratio)}`
  if (decision === 'higher' || decision === 'lower') {
    return `${what} of ${after} is ${decision} than of ${before}: ${figures}.`
  }
  if (decision === 'equivalent') {
    return `${what}: equivalent within ${wholePercent(margin)}: ${figures}.`
  }
  return `${what}: not decided: ${figures}; ${whyUndecided(visible)}.`
}

const whyUndecided = (visible: number | null): string =>
  visible === null
    ? 'so few blocks allow no claim'
    : `so many blocks with this noise would have shown ${times(visible)}`

/**
 * 2: the last arm is worse than the first, or is not shown to be better where that was expected. An
 * after whose data is right is better than a before that is known to break its own.
 */
export function expectation(
  { plan, before, after }: JudgedRun,
  comparison: Comparison | null,
  variants: readonly VariantReport[],
): Finding[] {
  const { expect } = termsOf(plan)
  if (!before || expect === 'any') return []
  const [first, last] = [variants[0]?.audit, variants.at(-1)?.audit]
  if (last === 'known') {
    const reason = `${after.name} breaks its data, as is known of its options: it is no better.`
    return [failure('target-missed', reason)]
  }
  if (first === 'known' && last === 'green') {
    return [remark(`${after.name} keeps the data right, where ${before.name} does not.`)]
  }
  const effect = comparison?.effect ?? 'undecided'
  if (effect === 'worse') return [failure('target-missed', `${after.name} is worse than expected.`)]
  if (expect === 'no-worse' || effect === 'better') return []
  const why =
    effect === 'none'
      ? `${after.name} was expected to be better than ${before.name}, and is equivalent`
      : `it was not decided whether ${after.name} is better than ${before.name}`
  return [failure('target-missed', `Not as expected: ${why}.`)]
}
