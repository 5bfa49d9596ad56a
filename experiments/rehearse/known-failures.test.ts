import { expect, test } from 'bun:test'
import { checksOf, fixturePlan } from '../testing/fixture-blocks.ts'
import { judged, rehearsal } from '../testing/fixture-rehearsal.ts'

test('in an A/A pair no failure is known, in whichever arm', () => {
  const design = fixturePlan().arms[0]?.design ?? ''
  const arms = ['before', 'after'].map((name) => ({ name, design }))
  const checks = checksOf({ 'captures-match-bank': 1 })
  const report = judged(rehearsal({ before: { checks } }), { arms })
  expect(report.verdict).toBe('invariant-broken')
  expect(report.reasons.join('\n')).toMatch(/^before broke "captures-match-bank"/m)
})

test('a red arm makes no speed claim, though its failure be known', () => {
  const report = judged(rehearsal({ before: { checks: checksOf({ 'effects-once': 1 }) } }))
  expect(report).toMatchObject({ verdict: 'as-expected', ratios: null, claims: [] })
  expect(report.audits).toEqual({ before: 'known', after: 'green' })
  expect(report.reasons.join('\n')).toMatch(/^No ratio is claimed: audit of before red\.$/m)
})
