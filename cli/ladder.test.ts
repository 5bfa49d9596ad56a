import { describe, expect, test } from 'bun:test'
import { UserError } from '../lab/user-error.ts'
import { optionsOf } from '../server/designs/ladder.ts'
import { readCompareOptions } from './compare.ts'
import { readLadderOptions } from './ladder.ts'

const names = (options: { rungs: { name: string }[] }) => options.rungs.map(({ name }) => name)

describe('ladder', () => {
  test('nothing asked for: every axis alone and left out, plenty of stock', () => {
    const options = readLadderOptions([])
    expect(options).toMatchObject({
      kind: 'ladder',
      words: ['--leave-out'],
      scenario: 'flash-sale',
      stocks: ['plenty'],
      blocks: undefined,
      durationSeconds: undefined,
      rate: undefined,
      seed: 1,
      driver: undefined,
      quick: false,
      out: undefined,
      jsonFile: undefined,
      prometheus: true,
      install: true,
    })
    expect(names(options)).toContain('minus-ids')
  })

  test('everything asked for', () => {
    const words =
      '--scenario smoke --stock both --blocks 3 --duration 2s --rate 9 --seed 0 --no-leave-out ' +
      '--driver simulator --quick --no-install --out /tmp/report --json /tmp/ladder.json'
    const options = readLadderOptions(words.split(' '))
    expect(options).toMatchObject({
      words: ['--no-leave-out'],
      scenario: 'smoke',
      stocks: ['plenty', 'scarce'],
      blocks: 3,
      durationSeconds: 2,
      rate: 9,
      seed: 0,
      driver: 'simulator',
      quick: true,
      out: '/tmp/report',
      jsonFile: '/tmp/ladder.json',
      install: false,
    })
    expect(names(options)).not.toContain('minus-ids')
  })

  test('in a hurry nothing is left out, unless asked for', () => {
    expect(names(readLadderOptions(['--quick']))).not.toContain('minus-ids')
    expect(names(readLadderOptions(['--quick', '--leave-out']))).toContain('minus-ids')
  })

  test.each([
    [['--scenario', 'flsh-sale'], "did you mean 'flash-sale'?"],
    [['--stock', 'scarse'], "--stock: unknown value 'scarse'; did you mean 'scarce'?"],
    [['--blocks', '1'], '--blocks: '],
    [['--duration', '12'], '--duration: '],
    [['--rate', '0'], '--rate: '],
    [['--leave-ot'], "did you mean '--leave-out'?"],
    [['ids'], "did not expect 'ids'"],
  ])('%j is refused', (raw, message) => expect(() => readLadderOptions(raw)).toThrow(message))
})

describe('compare', () => {
  test('takes options of one axis in their order, over after', () => {
    const options = readCompareOptions(['stock=conditional-update,row-lock'])
    expect(names(options)).toEqual(['conditional-update', 'row-lock'])
    expect(options).toMatchObject({
      kind: 'compare',
      leftOut: [],
      words: ['stock=conditional-update,row-lock', '--base after'],
    })
    expect(options.rungs[1]?.design).toMatch(/^ids=ticket-server,.*stock=row-lock/)
  })

  test('an axis alone means all of it; the base may be spelt out', () => {
    const options = readCompareOptions(['ids', '--base', 'before+effects=outbox'])
    const all = [...names(options), ...options.leftOut.map(({ name }) => name.slice(4))]
    expect(all.toSorted()).toEqual(optionsOf('ids')?.toSorted() ?? [])
    expect(options.rungs[0]?.design).toMatch(/transaction=one-big,.*effects=outbox/)
    expect(options.words[1]).toBe('--base before+effects=outbox')
  })

  test.each([
    [[], 'say what to compare: axis=option,option'],
    [['idz=sequence-table'], "unknown axis 'idz'; did you mean 'ids'?"],
    [
      ['ids=sequence-table,ticket-servr'],
      "unknown option of ids 'ticket-servr'; did you mean 'ticket-server'?",
    ],
    [['ids=ticket-server'], 'a comparison needs two options of ids; it has: '],
    [['ids=ticket-server,ticket-server'], 'ids=ticket-server is named twice'],
    [['ids='], "unknown option of ids ''"],
    [['ids', 'stock'], "did not expect 'stock'"],
    [['ids', '--base', 'befor'], '--base: '],
    [['ids', '--stock', 'none'], '--stock: '],
  ])('%j is refused', (raw, message) => {
    expect(() => readCompareOptions(raw)).toThrow(message)
    expect(() => readCompareOptions(raw)).toThrow(UserError)
  })
})
