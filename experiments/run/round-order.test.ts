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

const even = fc.constantFrom(2, 4, 6)

/** Two bases with eight others each, as a ladder has them. */
const ladder = ['a', 'b'].flatMap((base) => [base, ...names.slice(0, 8).map((name) => base + name)])
const baseOf = (name: string) => name[0]

test.each([
  ['apart', names, (name: string) => name],
  ['around one base', names.slice(0, 9), () => '0'],
  ['around two bases', ladder, baseOf],
])('%s: no item comes twice right behind the same other, each as early as late', (...of) => {
  const [, items, base] = of
  const property = fc.property(fc.integer(), even, (seed, rounds) => {
    const orders = roundOrders(items, rounds, seed, base)
    for (const order of orders) expect(order.toSorted()).toEqual(items.toSorted())
    const pairs = orders.flatMap((order) =>
      order.slice(1).map((name, at) => `${order[at]} ${name}`),
    )
    expect(new Set(pairs).size).toBe(pairs.length)
    const places = items.map((name) => orders.reduce((sum, order) => sum + order.indexOf(name), 0))
    expect(new Set(places).size).toBe(1)
  })
  fc.assert(property, { numRuns: 30 })
})

test('runs an item close to its base, whichever the round', () => {
  const orders = roundOrders(ladder, 6, 3, baseOf)
  const distances = orders.flatMap((order) =>
    ladder.map((name) => Math.abs(order.indexOf(name) - order.indexOf(baseOf(name) ?? ''))),
  )
  expect(Math.max(...distances)).toBe(4)
})

test('begins with either of two, as the seed has it', () => {
  const first = new Set([1, 2, 3, 4, 5, 6].map((seed) => roundOrders(['a', 'b'], 1, seed)[0]?.[0]))
  expect([...first].toSorted()).toEqual(['a', 'b'])
})

test('is drawn from the seed', () => {
  const of = (seed: number) => roundOrders(names, 2, seed)
  expect(of(1)).toEqual(of(1))
  expect(of(1)).not.toEqual(of(3))
})
