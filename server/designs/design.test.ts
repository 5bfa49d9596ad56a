import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { Services } from '../ctx.ts'
import { Problem } from '../errors.ts'
import { axes, axisNames, type Choice, optionOf, recordsOf } from './axes.ts'
import { presetNames } from './axis.ts'
import { combinationsIn } from './combinations.ts'
import { type Design, parseDesign, refusalIn } from './design.ts'
import type { StockOption } from './stock/stock.ts'

const refusal = (text: string): Problem => {
  try {
    parseDesign(text)
  } catch (error) {
    if (error instanceof Problem) return error
    throw error
  }
  throw new Error(`"${text}" was taken`)
}

/** @param options in the order of the axes */
function isRefused(options: string[]): boolean {
  const choice = Object.fromEntries(axisNames.map((axis, index) => [axis, options[index]]))
  return combinationsIn(choice as Choice).some(({ verdict }) => verdict === 'refused')
}

describe('the registry', () => {
  test.each(axisNames)('axis %s: before and after are options, and each has its record', (axis) => {
    const { before, after, options } = axes[axis]
    expect(Object.keys(options)).toContainValues([before, after])
    expect(before).not.toBe(after as string)
    for (const { summary, closes, leavesOpen } of Object.values(recordsOf(axis))) {
      expect(summary.length).toBeGreaterThan(10)
      expect(closes ?? leavesOpen).toBeString()
    }
  })
})

describe('a design', () => {
  test('by name is one end of every axis', () => {
    for (const preset of presetNames) {
      const design = parseDesign(preset)
      expect(design.preset).toBe(preset)
      for (const axis of axisNames)
        expect<string>(design.options[axis]).toBe(optionOf(preset, axis))
    }
  })

  test('with one change differs in that one', () => {
    const mixed = parseDesign('before,stock=conditional-update')
    expect(mixed.options).toEqual({
      ...parseDesign('before').options,
      stock: 'conditional-update',
    })
    expect(mixed.preset).toBe('mixed')
  })

  test('has a source of its own for a sequence that asks for one', () => {
    const design = parseDesign('before,ids.orders=ticket-server,stock=optimistic')
    expect(design.sequences).toEqual({ orders: 'ticket-server' })
    expect(design.preset).toBe('mixed')
    expect(design.label).toStartWith('ids=sequence-table,ids.orders=ticket-server,transaction=')
    expect(parseDesign(design.label)).toMatchObject({ label: design.label })
    const whole = parseDesign('ids.orders=sequence-table', design)
    expect(whole.label).toBe(parseDesign('before,stock=optimistic').label)
    expect(parseDesign('before', design).sequences).toEqual({})
  })

  test('promises ids in order only where each of its sources does', () => {
    expect(parseDesign('before').idsInOrder).toBe(true)
    expect(parseDesign('before,ids.orders=ticket-server').idsInOrder).toBe(false)
    expect(parseDesign('before,ids.orders=sequence-function').idsInOrder).toBe(true)
  })

  test('has the hazards and needs of the source of a sequence too', () => {
    const { needs, hazards } = parseDesign('after,ids.payments=database-sequence')
    expect(needs).toEqual([{ option: 'ids.payments=database-sequence', engine: 'mariadb' }])
    const { hazard = '' } = recordsOf('ids')['replace-into'] ?? {}
    expect(parseDesign('after,ids.payments=replace-into').hazards).toContain(hazard)
    expect(hazards).not.toContain(hazard)
  })

  test('says why it cannot run in surroundings, and nothing of what is not known', () => {
    const design = parseDesign('before,stock=redlock,ids=database-sequence')
    expect(design.needs).toContainEqual({ option: 'stock=redlock', lockServers: true })
    const refusals = [
      {},
      { engine: 'mariadb', hasLockServers: true },
      { engine: 'mysql', hasLockServers: true },
      { engine: 'mariadb', hasLockServers: false },
    ] as const
    expect(refusals.map((one) => refusalIn(one, design))).toEqual([
      undefined,
      undefined,
      'ids=database-sequence runs on MariaDB only',
      'stock=redlock needs lock servers: name them in REDLOCK_URLS',
    ])
  })

  test.each(['ids.refunds=ticket-server', 'ids.=ticket-server', 'stock.orders=derived'])(
    '%s is of no sequence',
    (text) => expect(refusal(text)).toMatchObject({ code: 'unknown-design' }),
  )

  test('does not take a sequence twice, nor an option that is none', () => {
    expect(refusal('ids.orders=ticket-server,ids.orders=replace-into').message).toContain('twice')
    expect(refusal('ids.orders=row-lock').message).toContain('no option "row-lock"')
  })

  test('from a list fills the rest from its base, the after preset without one', () => {
    const base = parseDesign('before')
    const rest = axisNames.slice(1).map((axis) => `${axis}=${axes[axis].before}`)
    expect(parseDesign('ids=ticket-server', base).label).toBe(
      ['ids=ticket-server', ...rest].join(','),
    )
    expect(parseDesign('ids=sequence-table').options.transaction).toBe('split')
    expect(parseDesign('after', base).preset).toBe('after')
  })

  test('of any choice is read back from its label, frozen', () => {
    const choice = axisNames.map((axis) => fc.constantFrom(...Object.keys(axes[axis].options)))
    fc.assert(
      fc.property(fc.tuple(...choice), (options) => {
        fc.pre(!isRefused(options))
        const label = axisNames.map((axis, index) => `${axis}=${options[index]}`).join(',')
        const design: Design = parseDesign(label)
        expect(design.label).toBe(label)
        expect(parseDesign(design.label, parseDesign('before'))).toEqual(design)
        expect(Object.isFrozen(design) && Object.isFrozen(design.options)).toBe(true)
      }),
    )
  })
})

describe('refused', () => {
  test.each([
    ['middle', '"middle" is no axis=option'],
    ['', '"" is no axis=option'],
    ['before,', '"" is no axis=option'],
    ['stock', 'axis stock has no option ""'],
    ['stock=', 'axis stock has no option ""'],
    ['stock=hope', 'axis stock has no option "hope"; it has: read-then-write, '],
    ['stock=row-lock=row-lock', 'is no axis=option'],
    ['colour=blue', 'axes: ids, transaction, stock, effects, reads, dispatch, coupons, admission'],
    ['stock=row-lock,before', 'preset "before" must come first'],
    ['stock=toString', 'has no option "toString"'],
    ['constructor=x', 'is no axis=option'],
    ['__proto__=x', 'is no axis=option'],
  ])('"%s" says: %s', (text, says) => {
    const { code, field, detail } = refusal(text)
    expect([code, field]).toEqual(['unknown-design', 'design'])
    expect(detail).toContain(says)
  })

  test('options that do not go together, over any base, with the reason', () => {
    const { code, field, detail } = refusal('before,transaction=single-statement')
    expect([code, field]).toEqual(['design-refused', 'design'])
    expect(detail).toContain('one item at a time')
    expect(refusal('transaction=single-statement,stock=row-lock').code).toBe('design-refused')
    expect(() => parseDesign('transaction=single-statement', parseDesign('before'))).toThrow(
      'one item at a time',
    )
  })

  test('every option of stock that takes an item at a time, and no other', () => {
    for (const [name, option] of Object.entries<StockOption>(axes.stock.options)) {
      const { takeAll } = option.open({} as Services, { name })
      expect(option.takesAll).toBe(takeAll ? true : undefined)
      const text = `transaction=single-statement,stock=${name}`
      if (takeAll) expect(parseDesign(text).options.stock).toBe(name as Choice['stock'])
      else expect(refusal(text).code).toBe('design-refused')
    }
  })

  test('an axis named twice', () => {
    expect(refusal('stock=row-lock,stock=conditional-update').detail).toContain('twice')
  })

  test('whatever it is: never a crash', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          return parseDesign(text).label.length > 0
        } catch (error) {
          return error instanceof Problem && error.code === 'unknown-design'
        }
      }),
    )
  })
})
