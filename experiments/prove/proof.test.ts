import { describe, expect, test } from 'bun:test'
import { axes, axisNames } from '../../server/designs/axes.ts'
import { parseDesign } from '../../server/designs/design.ts'
import type { KnownFailure } from '../../server/designs/option.ts'
import { renderTerminal } from '../report/terminal.ts'
import { fixtureEnvironment } from '../testing/fixture-blocks.ts'
import { candidatesOf, candidatesOn, type Proof, shownBy } from './proof.ts'
import { lineOf, proofDocument, proofVerdict } from './proof-document.ts'

test('every option of every axis is a candidate, in a design that takes it', () => {
  const all = candidatesOf([])
  const options = axisNames
    .filter((axis) => axis !== 'coupons')
    .flatMap((axis) => Object.keys(axes[axis].options).map((name) => `${axis}=${name}`))
  expect(all.map(({ option }) => option)).toEqual(['peak', ...options])
  for (const { option, design } of all.slice(1)) expect(design.split(',')).toContain(option)
})

test('what the server cannot run is left out, with the reason; nothing left is refused', () => {
  const found = candidatesOn('mysql', candidatesOf(['ids']))
  expect(found.leftOut).toEqual(['left out: ids=database-sequence runs on MariaDB only'])
  expect(found.chosen.map(({ option }) => option)).not.toContain('ids=database-sequence')
  expect(candidatesOn('mariadb', candidatesOf(['ids'])).leftOut).toEqual([])
  const only = candidatesOf(['ids=database-sequence'])
  expect(() => candidatesOn('mysql', only)).toThrow('runs on MariaDB only')
})

test('a whole axis or single options can be asked for', () => {
  expect(candidatesOf(['ids']).every(({ option }) => option.startsWith('ids='))).toBe(true)
  expect(candidatesOf(['stock=row-lock']).map(({ option }) => option)).toEqual(['stock=row-lock'])
  const design = parseDesign('peak').label
  expect(candidatesOf(['peak'])).toMatchObject([{ option: 'peak', axis: undefined, design }])
})

test('with an option that does not survive a kill comes one that does', () => {
  const chosen = candidatesOf(['effects=after-commit'])
  expect(chosen.map(({ option }) => option)).toEqual(['effects=after-commit', 'effects=outbox'])
  expect(candidatesOf(['effects=outbox'])).toHaveLength(1)
})

const failure = (when: KnownFailure['when']) => ({ checks: ['stock-conserved'], when })

/** A proof of 100 orders. @param when the option is known to break something */
function proofOf(changes: Partial<Proof> = {}, when?: KnownFailure['when']): Proof {
  const { broken = [], option = 'stock=x' } = changes
  return {
    ...{ option, axis: 'stock', design: 'x', orders: 100, paid: 100, repeated: 7, seconds: 1 },
    ...{ broken, findings: broken, unknowns: [] },
    knownBad: when && failure(when),
    known: when ? [{ option, ...failure(when) }] : [],
    ...changes,
  }
}
const standingOf = (proof: Proof, all?: Proof[]) => shownBy(proof, all).standing
const stock = ['stock-conserved']

test.each([
  [undefined, [], 'as-known'],
  [undefined, stock, 'refuted'],
  ['always', stock, 'as-known'],
  ['always', [], 'refuted'],
  ['always', [...stock, 'balances'], 'refuted'],
  ['always', ['balances'], 'refuted'],
  ['at-a-rollback', [], 'as-known'],
  ['at-a-crash', stock, 'as-known'],
] as const)('known to break %s, broke %p: %s', (when, broken, standing) => {
  expect(standingOf(proofOf({ broken: [...broken] }, when))).toBe(standing)
})

test('what another option of the design is known to break shows nothing of this one', () => {
  const known = [{ option: 'transaction=y', checks: ['balances'], when: 'at-a-rollback' as const }]
  expect(standingOf(proofOf({ broken: ['balances'], known }))).toBe('as-known')
  const bad = proofOf({ broken: ['balances'] }, 'always')
  expect(standingOf({ ...bad, known: [...bad.known, ...known] })).toBe('refuted')
})

describe('nothing is shown', () => {
  test.each([[[]], [stock]])(
    'of an option that broke %p, where under 90 %% were paid',
    (broken) => {
      const when = broken.length > 0 ? ('always' as const) : undefined
      for (const [paid, standing] of [
        [90, 'as-known'],
        [89, 'inconclusive'],
        [0, 'inconclusive'],
      ] as const) {
        expect(standingOf(proofOf({ broken, paid }, when))).toBe(standing)
      }
    },
  )

  test('where a check could not be made, or hardly anything was paid; but red stays red', () => {
    expect(standingOf(proofOf({ unknowns: ['bank unknown'] }))).toBe('inconclusive')
    expect(standingOf(proofOf({ paid: 1, broken: ['balances'] }))).toBe('refuted')
  })

  test('of a failure at a kill, unless another option of the axis survived the same kill', () => {
    const bad = proofOf({ broken: stock }, 'at-a-crash')
    const killed = { option: 'stock=y' }
    expect(standingOf(bad, [bad, proofOf(killed)])).toBe('as-known')
    for (const other of [
      [],
      [proofOf({ ...killed, paid: 1 })],
      [proofOf({ ...killed, broken: stock })],
      [proofOf({ ...killed, axis: 'effects' })],
    ]) {
      expect(shownBy(bad, [bad, ...other])).toEqual({
        standing: 'inconclusive',
        doubt: 'no other option of stock was seen to survive the same kill',
      })
    }
  })
})

describe('the result', () => {
  const [right, bad] = [proofOf(), proofOf({ broken: stock }, 'always')]
  const lost = [{ name: 'ids=uuid', why: 'no server' }]
  const versions = fixtureEnvironment()

  test('is broken before it is untrusted, and as expected if every option is as known', () => {
    const wrong = proofOf({ broken: stock })
    expect(proofVerdict({ proofs: [right, wrong], lost })).toBe('invariant-broken')
    expect(proofVerdict({ proofs: [right], lost })).toBe('untrusted')
    expect(proofVerdict({ proofs: [right, proofOf({ paid: 50 })], lost: [] })).toBe('untrusted')
    expect(proofVerdict({ proofs: [right, bad], lost: [] })).toBe('as-expected')
  })

  test('is shown option by option, with findings, doubts and what was lost', () => {
    const few = proofOf({ option: 'stock=z', paid: 50 })
    const document = proofDocument(
      { versions, proofs: [right, bad, few], lost, leftOut: ['left out: ids=x'] },
      new Date(0),
    )
    const text = renderTerminal(document, { colour: false, columns: 120 })
    expect(text).toContain('2 of 3 options are as known. At least 50.0 % of each were paid.')
    expect(text).toMatch(/always +stock-conserved +as known/)
    expect(text).toContain('stock=z: inconclusive: only 50 of 100 were paid, at least 90 % have')
    expect(text).toContain(`${versions.database}, flush at commit 1, doublewrite on, fsync`)
    expect(text).toContain('left out: ids=x')
    expect(text).toContain('ids=uuid: not measured: no server')
  })

  test('a line of progress says why an option shows nothing', () => {
    expect(lineOf(right)).toBe('stock=x: 100 orders, 100 paid, 7 repeated, in 1 s · audit green')
    expect(lineOf({ ...right, paid: 0 })).toMatch(/ · INCONCLUSIVE: only 0 of 100 were paid/)
    expect(lineOf(bad)).toEndWith('· as is known of it')
  })
})
