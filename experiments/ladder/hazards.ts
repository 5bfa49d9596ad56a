import type { VariantReport } from '../judge/result.ts'

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
    const { title, audit, broken } = variant
    const old = variant === before ? [] : (before?.hazards ?? [])
    const hazards = variant.hazards.filter((hazard) => !old.includes(hazard))
    const what = hazards.join('; ').replace(/\.$/, '')
    const which = `“${broken.join('”, “')}”`
    if (hazards.length > 0) {
      const happened = broken.length > 0 ? `it broke ${which}` : 'it did not break this time'
      return [`${title} is known to go wrong: ${what}; ${happened}.`]
    }
    return audit === 'known' ? [`${title} broke ${which}, as is known of its options.`] : []
  })
  return [...own, ...shared]
}
