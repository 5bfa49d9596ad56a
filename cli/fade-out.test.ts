import { describe, expect, test } from 'bun:test'
import fadeOut from './fade-out.ts'

const all = ['cart_items', 'orders', 'order_items', 'payments', 'payment_history']
const usual = {
  ...{ arm: 'before', to: 'ticket-server', isBack: false, isProvoked: false },
  ...{ windowSeconds: 10, scenario: 'smoke', rate: 5, seed: 1 },
}

test('without a flag all sequences go to the ticket server, and back in reverse', () => {
  expect<unknown>(fadeOut.read([])).toEqual({ ...usual, sequences: all })
  expect<unknown>(fadeOut.read(['--back'])).toEqual({
    ...{ ...usual, isBack: true, to: 'sequence-table' },
    sequences: all.toReversed(),
  })
})

test('with every flag', () => {
  const words =
    'payments orders --arm after --to ticket-server-strict --window 4s --scenario flash-sale ' +
    '--rate 40 --seed 7'
  expect<unknown>(fadeOut.read(words.split(' '))).toEqual({
    ...{ sequences: ['payments', 'orders'], arm: 'after', to: 'ticket-server-strict' },
    ...{ isBack: false, isProvoked: false, windowSeconds: 4, scenario: 'flash-sale' },
    ...{ rate: 40, seed: 7 },
  })
})

test('what is provoked is one sequence', () => {
  expect(fadeOut.read(['--provoke']).sequences).toEqual(['orders'])
  expect(fadeOut.read(['payments', '--provoke']).sequences).toEqual(['payments'])
})

describe('refused:', () => {
  test.each([
    ['refunds', 'sequence'],
    ['orders orders', 'orders is named twice'],
    ['--to time-sorted', '--to'],
    ['--to sequence-table', '--to'],
    ['--back --to ticket-server', '--to'],
    ['--back --provoke', 'exclude'],
    ['cart_items --provoke', '--provoke takes one sequence'],
    ['orders payments --provoke', '--provoke takes one sequence'],
    ['--window 1s', '--window'],
    ['--window 10', '--window'],
    ['--rate -1', '--rate'],
    ['--rate 1001', '--rate'],
    ['--scenario retry-storm', '--scenario'],
    ['--arm both', '--arm'],
  ])('%s', (words, says) => {
    expect(() => fadeOut.read(words.split(' '))).toThrow(says)
  })
})
