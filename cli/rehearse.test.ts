import { describe, expect, test } from 'bun:test'
import { readBenchOptions } from './bench.ts'
import { readRehearseOptions } from './rehearse.ts'

const before = 'ids=sequence-table,transaction=one-big,stock=row-lock,effects=inline'
const after = 'ids=ticket-server,transaction=split,stock=conditional-update,effects=outbox'

test('nothing asked for: what can be left to the scenario is left to it', () => {
  expect(readRehearseOptions([])).toEqual({
    scenario: 'flash-sale',
    arms: ['before', 'after'],
    labels: [before, after],
    blocks: undefined,
    durationSeconds: undefined,
    rate: undefined,
    seed: 1,
    faults: [],
    driver: undefined,
    stock: 'plenty',
    target: 'private',
    quick: false,
    out: undefined,
    prometheus: true,
    install: true,
  })
})

test('everything asked for', () => {
  const words =
    '--scenario smoke --arms after,before --blocks 2 --duration 12s --rate 300 --seed 0 ' +
    '--driver k6 --stock scarce --target compose --quick --no-prometheus --no-install ' +
    '--out /tmp/report --fault bank@1s..2s --fault bank@3s..4s'
  expect(readRehearseOptions(words.split(' '))).toEqual({
    scenario: 'smoke',
    arms: ['after', 'before'],
    labels: [after, before],
    blocks: 2,
    durationSeconds: 12,
    rate: 300,
    seed: 0,
    faults: [
      { name: 'bank', settings: {}, fromSeconds: 1, toSeconds: 2 },
      { name: 'bank', settings: {}, fromSeconds: 3, toSeconds: 4 },
    ],
    driver: 'k6',
    stock: 'scarce',
    target: 'compose',
    quick: true,
    out: '/tmp/report',
    prometheus: false,
    install: false,
  })
})

describe('a refusal names the flag', () => {
  test.each([
    [
      ['--scenario', 'flsh-sale'],
      "--scenario: unknown value 'flsh-sale'; did you mean 'flash-sale'?",
    ],
    [['--driver', 'jmeter'], '--driver: unknown value'],
    [['--target', 'compos'], "--target: unknown value 'compos'; did you mean 'compose'?"],
    [['--stock', 'scarse'], "--stock: unknown value 'scarse'; did you mean 'scarce'?"],
    [['--arms', 'before'], '--arms: '],
    [['--blocks', '0'], '--blocks: '],
    [['--duration', '12'], '--duration: '],
    [['--duration', '1s'], '--duration: '],
    [['--rate', '5001'], '--rate: '],
    [['--seed', '-1'], '--seed needs a value'],
    [['--seed=-1'], '--seed: '],
    [['--fault', 'bank'], '--fault: '],
    [['smoke'], "did not expect 'smoke'"],
  ])('%j', (raw, message) => expect(() => readRehearseOptions(raw)).toThrow(message))
})

test('bench takes names and a file', () => {
  expect(readBenchOptions(['server', 'driver', '--json', '/tmp/f.json'])).toEqual({
    names: ['server', 'driver'],
    jsonFile: '/tmp/f.json',
  })
  expect(readBenchOptions([])).toEqual({ names: [], jsonFile: undefined })
  expect(() => readBenchOptions(['--jsn=x'])).toThrow("did you mean '--json'?")
})
