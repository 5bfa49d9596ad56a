import type { PartnerRecord } from '../../loadtests/crowd/partner.ts'
import { couponsOf, type PartnersSettings } from '../../loadtests/crowd/partners.ts'
import { amount } from '../judge/format.ts'
import type { GatewayCounts } from '../run/gateway-counts.ts'

/** How the partners of one arm fared. */
export interface PartnersFared {
  records: readonly PartnerRecord[]
  /** From the first request until the last partner was done. */
  seconds: number
  /** Of the gateway meanwhile. */
  counts: GatewayCounts
  /** Of the audit; empty = all is well. */
  findings: readonly string[]
  settings: Pick<PartnersSettings, 'partners' | 'wanted' | 'quantity'>
}

/** The same in a few lines. */
export function partnersText(arm: string, fared: PartnersFared): string {
  const { records, seconds, counts, findings, settings } = fared
  const { partners, wanted, quantity } = settings
  const given = records.reduce((sum, record) => sum + couponsOf(record), 0)
  const sent = records.reduce((sum, record) => sum + record.sent, 0)
  const full = records.filter(({ doneMs }) => doneMs !== null).length
  const needed = partners * Math.ceil(wanted / quantity)
  const audit = findings.length === 0 ? 'what partners were answered is what was issued' : 'broken'
  return [
    `${arm}: ${amount(given)} of ${amount(partners * wanted)} coupons in ${amount(seconds)} s, ` +
      `${amount(given / seconds)} per second; ${full} of ${partners} partners have all`,
    `  ${amount(sent / needed)} requests for one that was needed, ` +
      `${counts.requests === 0 ? 'no' : amount(counts.tries / counts.requests)} tries at the ` +
      'issuer for each',
    `  audit: ${audit}`,
    ...findings.map((line) => `    ${line}`),
  ].join('\n')
}
