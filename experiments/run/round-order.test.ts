import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { roundOrders } from './round-order.ts'

const names = Array.from({ length: 16 }, (_, index) => String(index))

test('has every item once a round, two of them in ABBA order', () => {
  expect(new Set(roundOrders(['a', 'b'], 4, 1).map((order) => order.join(''))).size).toBe(2)
  const [first, second, third, fourth] = roundOrders(['a', 'b'], 4, 1).map((one) => one.join(''))
  expect([second, fourth]).toEqual([first?.split('').toReversed().join(''), second])
  expect(third).toBe(first)
  for (const order of roundOrders(names, 5, 3)) expect(order.toSorted()).toEqual(names.toSorted())
  expect(roundOrders(['a'], 3, 1)).toEqual([['a'], ['a'], ['a']])
})

test('puts no item twice right behind the same other, and each as early as late', () => {
  const property = fc.property(fc.integer(), fc.constantFrom(2, 4, 6), (seed, rounds) => {
    const orders = roundOrders(names, rounds, seed)
    const pairs = orders.flatMap((order) =>
      order.slice(1).map((name, at) => `${order[at]} ${name}`),
    )
    expect(new Set(pairs).size).toBe(pairs.length)
    const places = names.map((name) => orders.reduce((sum, order) => sum + order.indexOf(name), 0))
    expect(new Set(places).size).toBe(1)
  })
  fc.assert(property, { numRuns: 30 })
})

test('is drawn from the seed', () => {
  const of = (seed: number) => roundOrders(names, 2, seed)
  expect(of(1)).toEqual(of(1))
  expect(of(1)).not.toEqual(of(3))
})
