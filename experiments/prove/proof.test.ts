import { describe, expect, test } from 'bun:test'
import { axes, axisNames } from '../../server/designs/axes.ts'
import type { KnownFailure } from '../../server/designs/option.ts'
import { renderTerminal } from '../report/terminal.ts'
import { candidatesOf, isAsKnown, type Proof } from './proof.ts'
import { lineOf, proofDocument, proofVerdict } from './proof-document.ts'

test('every option of every axis is a candidate, in a design that takes it', () => {
  const all = candidatesOf([])
  const options = axisNames.flatMap((axis) =>
    Object.keys(axes[axis].options).map((name) => `${axis}=${name}`),
  )
  expect(all.map(({ option }) => option)).toEqual(options)
  for (const { option, design } of all) expect(design.split(',')).toContain(option)
})

test('a whole axis or single options can be asked for', () => {
  expect(candidatesOf(['ids']).every(({ option }) => option.startsWith('ids='))).toBe(true)
  expect(candidatesOf(['stock=row-lock']).map(({ option }) => option)).toEqual(['stock=row-lock'])
})

const proof = {
  ...{ option: 'x', design: 'x', orders: 1, paid: 1, seconds: 1 },
  ...{ isCrashed: false, broken: [] as string[], unknowns: [] as string[] },
}
const failure = (when: KnownFailure['when']) => ({ checks: ['stock-conserved'], when })

test.each([
  ['never', [], true],
  ['never', ['stock-conserved'], false],
  ['always', ['stock-conserved'], true],
  ['always', [], false],
  ['always', ['stock-conserved', 'balances'], false],
  ['always', ['balances'], false],
  ['at-a-rollback', [], true],
  ['at-a-crash', ['stock-conserved'], true],
] as const)('known to break %s, broke %p: as known is %p', (when, names, isKnown) => {
  const knownBad = when === 'never' ? undefined : failure(when)
  const broken = [...names]
  const isCrashed = when === 'at-a-crash'
  expect(isAsKnown({ ...proof, knownBad, broken, findings: broken, isCrashed })).toBe(isKnown)
})

test.each(['never', 'always'] as const)(
  'nothing is shown of what is known to break %s where hardly anything was paid',
  (when) => {
    const isBad = when === 'always'
    const broken = isBad ? ['stock-conserved'] : []
    const own = { ...proof, broken, findings: broken, knownBad: isBad ? failure(when) : undefined }
    expect(isAsKnown({ ...own, paid: 0 })).toBe(false)
    expect(isAsKnown({ ...own, orders: 10_000, paid: 99 })).toBe(false)
    expect(isAsKnown({ ...own, broken: [], findings: [], unknowns: ['bank unknown'] })).toBe(false)
  },
)

describe('the result', () => {
  const broken: Proof = {
    ...proof,
    knownBad: failure('always'),
    broken: ['stock-conserved'],
    findings: ['stock-conserved false'],
  }
  const right: Proof = { ...proof, findings: [] }
  const lost = [{ name: 'ids=uuid', why: 'no server' }]

  test('is broken before it is untrusted, and as expected if every option is as known', () => {
    const wrong: Proof = { ...broken, knownBad: undefined }
    expect(proofVerdict({ proofs: [right, wrong], lost })).toBe('invariant-broken')
    expect(proofVerdict({ proofs: [right], lost })).toBe('untrusted')
    expect(proofVerdict({ proofs: [right, broken], lost: [] })).toBe('as-expected')
  })

  test('is shown option by option, with findings and what was lost', () => {
    const document = proofDocument({ proofs: [right, broken], lost }, new Date(0))
    const text = renderTerminal(document, { colour: false, columns: 100 })
    expect(text).toContain('2 of 2 options are as known')
    expect(text).toMatch(/always +stock-conserved false +as known/)
    expect(text).toContain('ids=uuid: not measured: no server')
  })

  test('a line of progress says why an option shows nothing', () => {
    expect(lineOf({ ...right, seconds: 3 })).toBe('x: 1 orders, 1 paid, in 3 s · audit green')
    expect(lineOf({ ...right, paid: 0 })).toEndWith('INCONCLUSIVE: only 0 of 1 were paid')
    expect(lineOf(broken)).toEndWith('· as is known of it')
  })
})
