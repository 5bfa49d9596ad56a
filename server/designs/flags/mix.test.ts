import { describe, expect, test } from 'bun:test'
import { Problem } from '../../errors.ts'
import { parseDesign } from '../design.ts'
import { judged, type Wanted, withDesign, withFlag } from './change.ts'
import { type Flags, flagsOf, flagsText, parseFlags, type Subject, subjectNames } from './flags.ts'
import { mixOf, splitsMax } from './mix.ts'
import { isInShare } from './share.ts'

const start = parseDesign('after')
const flagsWith = (changes: Partial<Record<Subject, Wanted>>): Flags =>
  Object.entries(changes).reduce(
    (flags, [subject, wanted]) => withFlag(flags, subject as Subject, wanted, 1),
    flagsOf(start),
  )
const mixWith = (changes: Partial<Record<Subject, Wanted>>) => mixOf(flagsWith(changes), 1, start)
const split = (option: string, to: string, percent = 5): Wanted => ({ option, to, percent })

function refusalOf(work: () => unknown): Pick<Problem, 'code' | 'field' | 'message'> {
  try {
    work()
  } catch (error) {
    if (error instanceof Problem) return error
    throw error
  }
  throw new Error('it was taken')
}

describe('the designs of requests', () => {
  test('without a share every customer has the one design', () => {
    const mix = mixWith({ reads: { option: 'database' } })
    expect([mix.isSplit, mix.designs.length]).toEqual([false, 1])
    expect(mix.designFor('7').label).toBe(parseDesign('after,reads=database').label)
  })

  test('a customer has the other option where the share has him, and nothing else', () => {
    const mix = mixWith({ reads: split('database', 'cached', 30) })
    for (let id = 1; id <= 1000; id += 1) {
      const isIn = isInShare('reads', { seed: 1, percent: 30 }, String(id))
      const { options } = mix.designFor(String(id))
      expect(options).toEqual({ ...start.options, reads: isIn ? 'cached' : 'database' })
    }
  })

  test('of two shares all four designs occur, each made once', () => {
    const mix = mixWith({
      reads: split('database', 'cached', 50),
      dispatch: split('chosen', 'queue', 50),
    })
    const had = new Set(Array.from({ length: 200 }, (_, id) => mix.designFor(String(id))))
    expect(had).toEqual(new Set(mix.designs))
    expect(had.size).toBe(4)
  })

  test('a share of 0 has no customer and one of 100 has all', () => {
    for (const [percent, reads] of [
      [0, 'database'],
      [100, 'cached'],
    ] as const) {
      const mix = mixWith({ reads: split('database', 'cached', percent) })
      const had = Array.from({ length: 500 }, (_, id) => mix.designFor(String(id)).options.reads)
      expect(new Set<string>(had)).toEqual(new Set([reads]))
    }
  })

  test('it is a value that nothing changes', () => {
    const mix = mixWith({ reads: split('database', 'cached') })
    expect([mix, mix.flags, mix.designs, mix.base].every(Object.isFrozen)).toBe(true)
  })

  test('flags of an older version leave a later axis as the process was started', () => {
    const { reads: _, ...older } = flagsOf(parseDesign('before'))
    const mix = mixOf(older, 3, start)
    expect(mix.base.options).toEqual({ ...parseDesign('before').options, reads: 'cached' })
  })

  test('they come through their text unchanged, the same flags as the same text', () => {
    const flags = flagsWith({ reads: split('database', 'cached') })
    expect(mixOf(parseFlags(flagsText(flags)), 1, start).flags).toEqual(
      mixOf(flags, 1, start).flags,
    )
    const turned = Object.fromEntries(Object.entries(flags).toReversed())
    expect(flagsText(turned)).toBe(flagsText(flags))
  })
})

describe('refused is', () => {
  test('an option that does not exist, by the field that names it', () => {
    const unknown = (wanted: Wanted) => refusalOf(() => mixWith({ reads: wanted }))
    expect(unknown({ option: 'nope' })).toMatchObject({ code: 'unknown-design', field: 'option' })
    expect(unknown(split('cached', '__proto__'))).toMatchObject({
      code: 'unknown-design',
      field: 'to',
    })
  })

  test('a combination that only some customers would have', () => {
    const wanted = split('one-big', 'single-statement', 1)
    const flags = { stock: { option: 'row-lock' }, transaction: wanted }
    expect(refusalOf(() => mixWith(flags))).toMatchObject({ code: 'design-refused' })
  })

  test('one that only customers of two shares at once would have', () => {
    const flags = {
      stock: split('conditional-update', 'row-lock', 1),
      transaction: split('one-big', 'single-statement', 1),
    }
    expect(refusalOf(() => mixWith(flags))).toMatchObject({ code: 'design-refused' })
  })

  test('a second ledger of the stock, for a share as for all', () => {
    const two = split('conditional-update', 'derived', 1)
    expect(refusalOf(() => mixWith({ stock: two })).message).toContain('would sell it again')
    const next = flagsWith({ stock: { option: 'derived' } })
    const refused = refusalOf(() => judged(next, mixWith({}), { start, engine: undefined }))
    expect(refused.message).toContain('would sell it again')
  })

  test('an option that the database server lacks, for a share as for all', () => {
    const next = flagsWith({
      ids: { ...split('sequence-table', 'database-sequence'), provoke: true },
    })
    const on = (engine: 'mysql' | 'mariadb') => () =>
      judged(next, mixWith({}), { start, engine: () => engine })
    expect(refusalOf(on('mysql')).message).toContain('runs on MariaDB only')
    expect(on('mariadb')().designs).toHaveLength(2)
  })

  test('an option whose lock servers this process lacks, for a share and a shadow too', () => {
    const ways: [Flags, string][] = [
      [flagsWith({ stock: split('row-lock', 'redlock', 1) }), 'option'],
      [
        flagsWith({ stock: { option: 'row-lock', shadow: { option: 'redlock', percent: 1 } } }),
        'shadow.option',
      ],
    ]
    for (const [next, field] of ways) {
      const having = (hasLockServers: boolean) => () =>
        judged(next, mixWith({}), { start, engine: undefined, hasLockServers })
      expect(refusalOf(having(false))).toMatchObject({ code: 'design-refused', field })
      having(true)()
    }
  })

  test('two sources of ids at once, unless that is what is wanted', () => {
    const two = split('sequence-table', 'ticket-server', 5)
    const judge = (wanted: Wanted) =>
      judged(flagsWith({ ids: wanted }), mixWith({}), { start, engine: undefined })
    const refused = refusalOf(() => judge(two))
    expect(refused).toMatchObject({ code: 'design-refused', field: 'to' })
    expect(refused.message).toContain('the smaller id')
    expect(judge({ ...two, provoke: true }).designs).toHaveLength(2)
  })

  test('two sources of one sequence at once, as of all', () => {
    const two = split('sequence-table', 'ticket-server', 5)
    const judge = (wanted: Wanted) =>
      judged(flagsWith({ 'ids.orders': wanted }), mixWith({}), { start, engine: undefined })
    expect(refusalOf(() => judge(two))).toMatchObject({ code: 'design-refused', field: 'to' })
    expect(judge({ ...two, provoke: true }).designs).toHaveLength(2)
    expect(judge({ option: 'sequence-table' }).designs).toHaveLength(1)
  })

  test('more shares at once than there may be', () => {
    const some = subjectNames.filter((name) => name !== 'ids' && name !== 'stock')
    const others: Partial<Record<Subject, Wanted>> = {
      reads: split('database', 'cached'),
      dispatch: split('chosen', 'queue'),
      admission: split('open', 'adaptive'),
      effects: split('inline', 'outbox'),
      transaction: split('one-big', 'split'),
    }
    expect(some.length).toBeGreaterThan(splitsMax)
    expect(refusalOf(() => mixWith(others))).toMatchObject({ code: 'design-refused', field: 'to' })
  })
})

test('a sequence has the source of its own flag, the others that of ids', () => {
  const mix = mixWith({ 'ids.orders': { option: 'sequence-table' } })
  expect(mix.base.label).toBe(parseDesign('after,ids.orders=sequence-table').label)
  const all = mixWith({
    'ids.orders': { option: 'sequence-table' },
    ids: { option: 'replace-into' },
  })
  expect(all.base.label).toBe(parseDesign('after,ids=replace-into,ids.orders=sequence-table').label)
  expect(flagsOf(mix.base)['ids.orders']?.option).toBe('sequence-table')
  expect(withDesign(mix.flags, flagsOf(start), 2)['ids.orders']).toBeUndefined()
})

test('a whole design ends all shares, and flags that it leaves alone keep their change', () => {
  const now = flagsWith({ reads: split('database', 'cached') })
  const next = withDesign(now, flagsOf(parseDesign('after,dispatch=queue')), 7)
  expect(next.reads).toEqual({ option: 'cached', percent: 0, seed: 1, epoch: 7 })
  expect([next.dispatch?.epoch, next.ids?.epoch]).toEqual([7, 0])
})
