import { expect, test } from 'bun:test'
import { checksSection } from './checks-section.ts'

test('true of nothing is grey and says so', () => {
  const check = { name: 'a', verdict: 'true' as const, count: 0 }
  const arms = [0, 7, undefined].map((exercised, index) => ({
    name: `arm ${index}`,
    report: { checkers: [{ ...check, ...(exercised === undefined ? {} : { exercised }) }] },
  }))
  const section = JSON.stringify(checksSection(arms, { a: 'Holds.' }, { ...check, name: 'sums' }))
  expect(section).toContain(
    '[{"text":"a","tone":"strong"},{"text":"○ true, not exercised","tone":"soft"},' +
      '{"text":"✓ true","tone":"good"},{"text":"✓ true","tone":"good"}]',
  )
})
