import { expect, test } from 'bun:test'
import { bySeverity, exitCodeOf, worstVerdict } from './exit-code.ts'

test('exit codes are 0, 1, 2, 3', () => {
  const verdicts = ['as-expected', 'invariant-broken', 'target-missed', 'untrusted'] as const
  expect(verdicts.map(exitCodeOf)).toEqual([0, 1, 2, 3])
})

test('the worst verdict wins; without a finding all is as expected', () => {
  expect(worstVerdict([])).toBe('as-expected')
  expect(worstVerdict(['target-missed', 'untrusted'])).toBe('untrusted')
  expect(worstVerdict(['untrusted', 'invariant-broken'])).toBe('invariant-broken')
})

test('findings stand worst first, remarks last, equals in their order', () => {
  const found = [null, 'target-missed', 'untrusted', null, 'untrusted'] as const
  const sorted = bySeverity(found.map((verdict, index) => ({ verdict, index })))
  expect(sorted.map(({ index }) => index)).toEqual([2, 4, 1, 0, 3])
})
