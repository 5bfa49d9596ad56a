import { expect, test } from 'bun:test'
import { checksOf, fixtureBlock } from '../testing/fixture-blocks.ts'
import { auditOf, knownBy } from './audit.ts'
import { armReport } from './summarize.ts'

const failure = (check: string, when: 'always' | 'at-a-crash' = 'always') => ({
  ...{ option: 'a=x', checks: [check], when },
})

test.each([
  ['red', 'balances', {}],
  ['red', 'stock-conserved', { balances: 1 }],
  ['known', 'stock-conserved', {}],
] as const)('an audit is %s where the entry names %s', (audit, check, others) => {
  const checks = checksOf({ 'stock-conserved': 2 }).concat(
    Object.entries(others).map(([name, count]) => ({ name, verdict: 'false', count })),
  )
  expect(auditOf(armReport('x', [fixtureBlock({ checks })]), [failure(check)])).toBe(audit)
})

test('what breaks at a crash is not known where nothing crashed', () => {
  const known = [failure('effects-once', 'at-a-crash')]
  expect(knownBy('effects-once', known)).toBeUndefined()
  expect(knownBy('effects-once', known, true)).toBeDefined()
})
