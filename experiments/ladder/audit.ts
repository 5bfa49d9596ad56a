import type { Variant } from '../../server/designs/ladder.ts'
import type { JudgedArm } from '../judge/session.ts'
import type { Audit, VariantReport } from './result.ts'

/** Names of the checks that an arm broke. */
export const brokenIn = ({ report }: JudgedArm): string[] =>
  report.checkers.filter(({ verdict }) => verdict === 'false').map(({ name }) => name)

/**
 * Whether a step between before and after broke something, and no more than before did in the same
 * run: it may be compared with before, and with nothing else.
 */
export function inherits({ role }: Variant, arm: JudgedArm, before: JudgedArm): boolean {
  const [broken, old] = [brokenIn(arm), new Set(brokenIn(before))]
  const between = role === 'alone' || role === 'without'
  return between && broken.length > 0 && broken.every((name) => old.has(name))
}

/** How an arm's data came out. Red is known of before, of what inherits it, and of flaws. */
export function auditOf(variant: Variant, arm: JudgedArm, reference: JudgedArm): Audit {
  const { checkers } = arm.report
  if (checkers.some(({ verdict }) => verdict === 'false')) {
    const known = variant.role === 'before' || variant.flaws.length > 0
    return known || inherits(variant, arm, reference) ? 'known' : 'red'
  }
  const established = checkers.length > 0 && checkers.every(({ verdict }) => verdict === 'true')
  return established ? 'green' : 'unknown'
}

/** What the audit says of an arm in a few words: sign and word, colour is never the only signal. */
export function auditText({ audit, broken, hazards }: VariantReport): string {
  if (audit === 'green') return hazards.length > 0 ? '✓ green this time' : '✓ green'
  if (audit === 'unknown') return '? unknown'
  return audit === 'known' ? `✗ ${broken.length} known` : `✗ ${broken.length} broken`
}

/** What is known to go wrong with the designs, and whether it did. */
export function hazardLines(variants: readonly VariantReport[]): string[] {
  const before = variants.find(({ role }) => role === 'before')
  const shared = (variants.at(-1)?.caveats ?? []).map((text) => `Known of these designs: ${text}.`)
  const own = variants.flatMap((variant) => {
    const { title, role, audit, broken } = variant
    const old = variant === before ? [] : (before?.hazards ?? [])
    const hazards = variant.hazards.filter((hazard) => !old.includes(hazard))
    const what = hazards.join('; ').replace(/\.$/, '')
    const which = `“${broken.join('”, “')}”`
    if (hazards.length > 0) {
      const happened = broken.length > 0 ? `it broke ${which}` : 'it did not break this time'
      return [`${title} is known to go wrong: ${what}; ${happened}.`]
    }
    if (audit !== 'known') return []
    return role === 'before'
      ? [`Known failure of before: ${which}.`]
      : [`${title} still breaks what before breaks: ${which}.`]
  })
  return [...own, ...shared]
}
