import { expect, test } from 'bun:test'
import { readReplayOptions } from './replay.ts'

test('a replay without a word is of everything dead', () => {
  expect(readReplayOptions([])).toEqual({
    arm: undefined,
    eventId: undefined,
    handler: undefined,
    listOnly: false,
  })
})

test('an event and a handler narrow it down', () => {
  const words = ['--event', 'order-paid-7', '--handler', 'messages', '--arm', 'after', '--list']
  expect(readReplayOptions(words)).toEqual({
    arm: 'after',
    eventId: 'order-paid-7',
    handler: 'messages',
    listOnly: true,
  })
})

test.each([
  [['--event', "x' or 1=1"], '--event'],
  [['--event', ''], '--event'],
  [['--handler', 'nobody'], '--handler'],
  [['--arm', 'none'], '--arm'],
  [['--evnt', 'order-paid-7'], '--event'],
  [['order-paid-7'], 'order-paid-7'],
])('%j is refused, naming what is wrong', (words, named) => {
  expect(() => readReplayOptions(words)).toThrow(named)
})
