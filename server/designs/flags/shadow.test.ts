import { expect, test } from 'bun:test'
import type { Problem } from '../../errors.ts'
import { parseDesign } from '../design.ts'
import { type Flag, type Flags, flagsOf, flagsText, parseFlags } from './flags.ts'
import { mixOf } from './mix.ts'

const start = parseDesign('after,reads=database')

const withReads = (flag: Partial<Flag>): Flags => {
  const flags = flagsOf(start)
  const reads: Flag = { option: 'database', percent: 0, seed: 1, epoch: 3, ...flag }
  return { ...flags, reads }
}
const shadowsAt = (flag: Partial<Flag>, unit: string, served = start) =>
  mixOf(withReads(flag), 3, start)
    .shadowsFor(unit, served)
    .map(({ design }) => design.options.reads)
const indexed = { option: 'indexed', percent: 100 }

test('a customer’s request is compared with the other option', () => {
  expect(shadowsAt({ shadow: indexed }, '1')).toEqual(['indexed'])
  expect(shadowsAt({}, '1')).toEqual([])
})

test('one who has that option already, with the old one', () => {
  const share = { to: 'indexed', percent: 50, shadow: indexed }
  expect(shadowsAt(share, '1', parseDesign('after,reads=indexed'))).toEqual(['database'])
})

test('an option may be compared with itself', () => {
  expect(shadowsAt({ shadow: { option: 'database', percent: 100 } }, '1')).toEqual(['database'])
})

test('the same customers for ever, and others than those of a share', () => {
  const flag = { to: 'indexed', percent: 50, shadow: { option: 'indexed', percent: 50 } }
  const mix = mixOf(withReads(flag), 3, start)
  const units = Array.from({ length: 1000 }, (_, index) => String(index))
  const has = (unit: string) => mix.shadowsFor(unit, mix.base).length === 1
  const compared = units.filter(has)
  expect(compared.length).toBeWithin(400, 600)
  expect(units.filter(has)).toEqual(compared)
  const both = compared.filter((unit) => mix.designFor(unit).options.reads === 'indexed')
  expect(both.length / compared.length).toBeWithin(0.4, 0.6)
})

test('a shadow is kept with its flag', () => {
  const flags = withReads({ shadow: indexed })
  expect(parseFlags(flagsText(flags)).reads?.shadow).toEqual(indexed)
})

/** What a shadow of the axis is refused for, whose orders are rolled back. */
function refusalOf(axis: 'transaction' | 'stock', design: string, other: string): string {
  const base = parseDesign(design)
  const shadow = { option: other, percent: 1, writes: 'rolled-back' as const }
  const flag: Flag = { option: base.options[axis], percent: 0, seed: 1, epoch: 3, shadow }
  try {
    mixOf({ ...flagsOf(base), [axis]: flag }, 3, base)
    return ''
  } catch (error) {
    const { field, message } = error as Problem
    return `${field}: ${message}`
  }
}

test.each([
  ['transaction', 'after,transaction=sorted', 'one-big', ''],
  ['stock', 'after,transaction=sorted', 'row-lock', ''],
  ['transaction', 'after,transaction=sorted', 'split', 'transaction=split cannot be rolled back'],
  ['transaction', 'after', 'sorted', 'transaction=split cannot be rolled back'],
  ['transaction', 'after,transaction=sorted', 'per-item', 'transaction=per-item cannot'],
  ['transaction', 'after,transaction=sorted', 'batched', 'transaction=batched cannot'],
  ['stock', 'after,transaction=sorted', 'coalesced', 'stock=coalesced cannot'],
  ['stock', 'after', 'row-lock', 'transaction=split cannot'],
] as const)('a rolled-back shadow of %s in %s by %s', (axis, design, other, refusal) => {
  const found = refusalOf(axis, design, other)
  if (refusal === '') expect(found).toBe('')
  else expect(found).toStartWith(`shadow.writes: ${refusal}`)
})

test('an axis without shadows is refused, and an option that there is not', () => {
  const field = (flags: Flags) => {
    try {
      mixOf(flags, 3, start)
      return undefined
    } catch (error) {
      return (error as Problem).field
    }
  }
  const dispatch: Flag = { option: 'queue', percent: 0, seed: 1, epoch: 3 }
  const shadow = { option: 'chosen', percent: 1 }
  expect(field({ ...flagsOf(start), dispatch })).toBeUndefined()
  expect(field({ ...flagsOf(start), dispatch: { ...dispatch, shadow } })).toBe('shadow')
  expect(field(withReads({ shadow }))).toBe('shadow.option')
})
