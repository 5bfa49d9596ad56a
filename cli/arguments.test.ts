import { describe, expect, test } from 'bun:test'
import { z } from 'zod'
import { unknownWord } from '../lab/unknown-word.ts'
import { UserError } from '../lab/user-error.ts'
import { defineCommand } from './command.ts'
import { runCommandLine } from './command-line.ts'
import { isOn, whole } from './flags.ts'

const flags = {
  rate: { hint: 'n', help: '', value: z.string().optional() },
  faults: {
    ...{ flag: 'fault', hint: 'name', help: '', isRepeatable: true as const },
    value: z.array(z.string()).optional(),
  },
  quick: { help: '', value: z.boolean().optional() },
  install: { help: '', helpOff: 'no', value: z.boolean().optional() },
}
const run = async () => {}
const command = defineCommand({ name: 'x', description: '', flags, run })
const many = { files: { words: 'many' as const, help: '', value: z.array(z.string()) } }

describe('reads', () => {
  test.each([
    [['--rate', '5'], { rate: '5' }],
    [['--rate=5'], { rate: '5' }],
    [['--rate=-5'], { rate: '-5' }],
    [['--rate', '5', '--rate', '6'], { rate: '6' }],
    [['--fault', 'a=b', '--fault=c=d'], { faults: ['a=b', 'c=d'] }],
    [['--quick'], { quick: true }],
    [['--no-install', '--install'], { install: true }],
    [['--no-quick'], { quick: false }],
  ])('%j', (raw, expected) => {
    const values = Object.entries(command.read(raw)).filter(([, value]) => value !== undefined)
    expect(Object.fromEntries(values)).toEqual(expected)
  })

  test('many positionals, and anything after --', () => {
    const { read } = defineCommand({ name: 'x', description: '', flags: many, run })
    expect(read(['a', 'b', '--', '--c']).files).toEqual(['a', 'b', '--c'])
  })
})

function refusalOf(read: () => unknown): UserError {
  try {
    read()
  } catch (error) {
    if (error instanceof UserError) return error
  }
  throw new Error('not refused')
}

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
    const { message: text, exitCode } = refusalOf(() => command.read(raw))
    expect(text).toContain(message)
    expect(text.split('\n')).toHaveLength(1)
    expect(exitCode).toBe(4)
  })

  test('all flaws at once, those of the words and those of the values', () => {
    const strict = defineCommand({
      name: 'x',
      description: '',
      flags: {
        rate: { hint: 'n', help: '', value: whole(1, 9) },
        quick: { help: '', value: isOn },
      },
      run,
    })
    const raw = ['--rate', '10', '--quick=yes', 'extra', '--rte']
    expect(refusalOf(() => strict.read(raw)).message.split('\n')).toEqual([
      'bad arguments:',
      '  --quick takes no value',
      "  unknown flag '--rte'; did you mean '--rate'?",
      "  did not expect 'extra'; see --help",
      "  --rate: '10' is not a whole number from 1 to 9",
    ])
  })

  const table = { doctor: () => Promise.reject(new Error('must not be loaded')) }
  test.each(['constructor', 'reherse', '--bogus'])('the command %p', async (word) => {
    const line = runCommandLine({ name: 'x', version: '1', description: '' }, table, [word])
    await expect(line).rejects.toThrow(/unknown (command|flag)/)
  })
})

test('the nearest word is only named when it is near', () => {
  expect(unknownWord('command', 'dcotor', ['doctor', 'docs']).message).toContain("'doctor'?")
  expect(unknownWord('command', 'xyz', ['doctor', 'docs']).message).toContain('there is: doctor')
})
