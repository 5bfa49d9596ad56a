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
