import { expect, test } from 'bun:test'
import { type PartnersFared, partnersText } from './partner-text.ts'

const request = { requestId: 'r-1', quantity: 10, isRefused: false }
const fared: PartnersFared = {
  records: [
    {
      ...{ partner: 'partner-1', sent: 3, doneMs: 5 },
      requests: [{ ...request, numbers: Array.from({ length: 10 }, (_, at) => `N${at}`) }],
    },
    { partner: 'partner-2', sent: 5, doneMs: null, requests: [request] },
  ],
  seconds: 2,
  counts: { requests: 8, tries: 20 },
  findings: [],
  settings: { partners: 2, wanted: 10, quantity: 10 },
}

test('states coupons, amplification of both hops, and the audit', () => {
  expect(partnersText('after', fared).split('\n')).toEqual([
    'after: 10 of 20 coupons in 2 s, 5 per second; 1 of 2 partners have all',
    '  4 requests for one that was needed, 2.50 tries at the issuer for each',
    '  audit: what partners were answered is what was issued',
  ])
})

test('names what the audit found, and a gateway that was never asked', () => {
  const findings = ['coupon-answers: 1 × request r-1']
  const text = partnersText('after', { ...fared, counts: { requests: 0, tries: 0 }, findings })
  expect(text).toContain('no tries at the issuer')
  expect(text).toEndWith('  audit: broken\n    coupon-answers: 1 × request r-1')
})
