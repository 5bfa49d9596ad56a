import { expect, test } from 'bun:test'
import { axes, axisNames } from '../../server/designs/axes.ts'
import { candidatesOf, isAsKnown } from './proof.ts'

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
  ...{ isCrashed: false, unknowns: [] as string[] },
}

test.each([
  ['never', 0, true],
  ['never', 1, false],
  ['always', 1, true],
  ['always', 0, false],
  ['at-a-crash', 2, true],
] as const)('known to break %s, %d findings: as known is %p', (knownBad, count, isKnown) => {
  const findings = Array.from({ length: count }, () => 'stock-conserved false')
  expect(isAsKnown({ ...proof, knownBad, findings })).toBe(isKnown)
})

test.each(['never', 'always'] as const)(
  'nothing is shown of what is known to break %s where hardly anything was paid',
  (knownBad) => {
    const findings = knownBad === 'never' ? [] : ['stock-conserved false']
    expect(isAsKnown({ ...proof, knownBad, findings, paid: 0 })).toBe(false)
    expect(isAsKnown({ ...proof, knownBad, findings, orders: 10_000, paid: 99 })).toBe(false)
    const unknowns = ['bank unknown']
    expect(isAsKnown({ ...proof, knownBad, findings: [], unknowns })).toBe(false)
  },
)
