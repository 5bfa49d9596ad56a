import { expect, test } from 'bun:test'
import { readSpikeOptions } from './spike.ts'
import { readUpOptions } from './up.ts'

test('a spike without a word is both arms, one after the other', () => {
  expect(readSpikeOptions([])).toMatchObject({
    arms: ['before', 'after'],
    scenario: 'flash-sale',
    sideBySide: false,
    rate: undefined,
  })
  expect(readSpikeOptions(['--arm', 'after', '--rate', '9', '--duration=5s'])).toMatchObject({
    arms: ['after'],
    rate: 9,
    durationSeconds: 5,
  })
})

test.each([
  [['--arm', 'sideways'], 'sideways'],
  [['--arm', 'after', '--side-by-side'], '--side-by-side takes both arms'],
  [['--rate', '0'], '--rate'],
  [['--scenario', 'flashsale'], "did you mean 'flash-sale'"],
  [['now'], "did not expect 'now'"],
])('%j is refused in words', (raw, words) => {
  expect(() => readSpikeOptions(raw)).toThrow(words)
})

test('up takes two designs and refuses words that no axis knows', () => {
  expect(readUpOptions([]).labels[1]).toContain('ids=ticket-server')
  expect(() => readUpOptions(['--arms', 'before,after+ids=none'])).toThrow('--arms')
})
