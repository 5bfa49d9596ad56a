import { describe, expect, test } from 'bun:test'
import { parseDesign } from '../server/designs/design.ts'
import { readCapacityOptions } from './capacity.ts'

test('nothing asked for: both presets, steady, by the targets of a rehearsal', () => {
  expect(readCapacityOptions([])).toEqual({
    arms: [
      { name: 'before', design: parseDesign('before').label, asked: 'before' },
      { name: 'after', design: parseDesign('after').label, asked: 'after' },
    ],
    scenario: 'smoke',
    target: { p99MsMax: 500, servedPercentMin: 99 },
    durationSeconds: 8,
    seed: 1,
    driver: 'simulator',
    bounds: { rateFrom: 20, rateMax: 2000, blocksMax: 14, ratioMax: 1.1 },
    timeMsMax: 2_400_000,
    jsonFile: undefined,
    out: undefined,
    install: true,
  })
})

test('everything asked for', () => {
  const words =
    '--arms after,after+admission=open,before+ids=ticket-server --scenario overload --p99 1.5s ' +
    '--goodput 95 --duration 3s --from 50 --max 400 --blocks 5 --seed 0 --driver k6 --quick ' +
    '--json /tmp/c.json --out /tmp/c --no-install'
  const options = readCapacityOptions(words.split(' '))
  expect(options.arms.map(({ name }) => name)).toEqual(['after', 'arm-2', 'arm-3'])
  expect(options.arms[1]?.design).toBe(parseDesign('after,admission=open').label)
  expect(options.arms[2]?.asked).toBe('before+ids=ticket-server')
  expect(options).toMatchObject({
    scenario: 'overload',
    target: { p99MsMax: 1500, servedPercentMin: 95 },
    durationSeconds: 3,
    seed: 0,
    driver: 'k6',
    bounds: { rateFrom: 50, rateMax: 400, blocksMax: 5, ratioMax: 1.3 },
    jsonFile: '/tmp/c.json',
    out: '/tmp/c',
    install: false,
  })
})

describe('a refusal names the flag', () => {
  test.each([
    [['--arms', 'before,'], '--arms: '],
    [['--arms', 'before,before'], '--arms: '],
    [['--arms', 'befor'], '--arms: '],
    [['--arms', 'after+stock=none'], '--arms: '],
    [['--scenario', 'smok'], "--scenario: unknown value 'smok'; did you mean 'smoke'?"],
    [['--p99', '500'], '--p99: '],
    [['--p99', '0ms'], '--p99: '],
    [['--goodput', '0'], '--goodput: '],
    [['--goodput', '99.5'], '--goodput: '],
    [['--duration', '1s'], '--duration: '],
    [['--from', '0'], '--from: '],
    [['--from', '50', '--max', '49'], '--from: '],
    [['--max', '5001'], '--max: '],
    [['--blocks', '1'], '--blocks: '],
    [['--seed=-1'], '--seed: '],
    [['--driver', 'jmeter'], '--driver: '],
    [['--jsn=x'], "did you mean '--json'?"],
    [['smoke'], "did not expect 'smoke'"],
  ])('%j', (raw, message) => expect(() => readCapacityOptions(raw)).toThrow(message))
})
