import { describe, expect, test } from 'bun:test'
import { unknownWord } from '../lab/unknown-word.ts'
import { UserError } from '../lab/user-error.ts'
import { readArguments, runCommandLine } from './arguments.ts'

const flags = {
  rate: { type: 'string' },
  fault: { type: 'string' },
  quick: { type: 'boolean' },
  install: { type: 'boolean', default: true },
} as const
const many = { files: { type: 'positional', valueHint: '…' } } as const

describe('reads', () => {
  test.each([
    [['--rate', '5'], { texts: { rate: ['5'] } }],
    [['--rate=5'], { texts: { rate: ['5'] } }],
    [['--rate=-5'], { texts: { rate: ['-5'] } }],
    [['--fault', 'a=b', '--fault=c=d'], { texts: { fault: ['a=b', 'c=d'] } }],
    [['--quick'], { switches: { quick: true } }],
    [['--no-install', '--install'], { switches: { install: true } }],
    [['--no-quick'], { switches: { quick: false } }],
  ])('%j', (raw, expected) => {
    expect(readArguments(raw, flags)).toEqual({
      texts: {},
      switches: {},
      positionals: [],
      ...expected,
    })
  })

  test('many positionals, and anything after --', () => {
    expect(readArguments(['a', 'b', '--', '--c'], many).positionals).toEqual(['a', 'b', '--c'])
  })
})

describe('refuses', () => {
  test.each([
    [['--rte', '5'], "unknown flag '--rte'; did you mean '--rate'?"],
    [['--no-instal'], "did you mean '--no-install'?"],
    [['--zzzzzzzzzz'], 'there is: --rate, --fault, --quick, --install, --no-install, --help'],
    [['--no-rate'], "unknown flag '--no-rate'"],
    [['-q'], "unknown flag '-q'"],
    [['--rate'], '--rate needs a value'],
    [['--rate='], '--rate needs a value'],
    [['--rate', '--quick'], '--rate needs a value'],
    [['--quick=yes'], '--quick takes no value'],
    [['extra'], "did not expect 'extra'"],
    [['--toString'], "unknown flag '--toString'"],
    [['--__proto__=1'], "unknown flag '--__proto__'"],
  ])('%j', (raw, message) => {
    const read = () => readArguments(raw, flags)
    expect(read).toThrow(UserError)
    expect(read).toThrow(message)
    try {
      read()
    } catch (error) {
      expect((error as UserError).exitCode).toBe(4)
    }
  })

  const table = { doctor: () => Promise.reject(new Error('must not be loaded')) }
  test.each(['constructor', 'reherse', '--bogus'])('the command %p', async (word) => {
    const run = runCommandLine({ name: 'x', version: '1', description: '' }, table, [word])
    await expect(run).rejects.toThrow(/unknown (command|flag)/)
  })
})

test('the nearest word is only named when it is near', () => {
  expect(unknownWord('command', 'dcotor', ['doctor', 'docs']).message).toContain("'doctor'?")
  expect(unknownWord('command', 'xyz', ['doctor', 'docs']).message).toContain('there is: doctor')
})
