import { describe, expect, test } from 'bun:test'
import { checksOf } from '../testing/fixture-blocks.ts'
import { fixtureVariant, judgedLadder as judged, meaningsOf } from '../testing/fixture-ladder.ts'

describe('what is not decided', () => {
  const noisy = { rounds: [1, 4, 1, 4] }

  test('alone is no mechanism: after needs the axis, and no more is claimed', () => {
    const report = judged({ 'plus-a': noisy, 'minus-a': { paid: 5 } })
    expect(meaningsOf(report).a).toBe('after needs it')
    expect(report.axes[0]?.interaction?.decision).toBe('undecided')
  })

  test('alone is settled by the interaction, where that is clear', () => {
    const report = judged({ 'plus-a': { rounds: [1, 3, 1, 3] }, 'minus-a': { paid: 1 } })
    expect(meaningsOf(report).a).toBe('helps more together than alone')
    expect(report.axes[0]?.interaction?.ratio.low).toBeGreaterThan(2)
  })

  test('in one step leaves undecided what all bring together', () => {
    const { claims } = judged({ 'plus-a': { rounds: [1, 9, 1, 9] }, 'plus-b': { paid: 2 } })
    expect(claims.join()).toMatch(
      /All steps alone multiply to .*: whether that is more or less was/,
    )
  })

  test('is not multiplied where a step alone allows no claim', () => {
    const { claims } = judged({
      'plus-a': { changes: { checks: checksOf({ 'stock-conserved': 2 }) } },
      'plus-b': { paid: 4 },
    })
    expect(claims.join()).toContain('what they bring together is not decided')
  })
})

describe('a design that runs twice', () => {
  const arms = ['before', 'plus-a', 'plus-again', 'minus-a', 'minus-again', 'after'].map((name) =>
    fixtureVariant(name, name.endsWith('again') ? { isControl: true, axis: null } : {}),
  )

  test('is the run’s own A/A, and no axis of its findings', () => {
    const report = judged({ 'plus-a': { paid: 4 }, 'plus-again': { paid: 2 } }, {}, arms)
    expect(Object.keys(meaningsOf(report))).toEqual(['a'])
    expect(report.notes.filter((note) => note.startsWith('A/A of this run'))).toHaveLength(2)
    expect(report.findings).toEqual([])
  })

  test('makes the run untrusted where it differs from itself', () => {
    const report = judged({ 'plus-again': { paid: 4 } }, {}, arms)
    expect(report.findings[0]).toEqual({
      verdict: 'untrusted',
      reason:
        'The run’s own A/A differs: plus-again is better than before, though it is the same ' +
        'design.',
    })
  })
})
