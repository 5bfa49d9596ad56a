import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { between, journeyRandom } from './random.ts'
import { crowdNumbers, customerOf } from './shopping.ts'

const crowd = Array.from({ length: 20_000 }, (_, index) => customerOf(11, index, 5_000))
const share = (is: (customer: (typeof crowd)[number]) => boolean) =>
  crowd.filter(is).length / crowd.length

test('a customer is a function of seed and index, with items that a shop can take', () => {
  fc.assert(
    fc.property(fc.nat(4_294_967_295), fc.nat(1_000_000), fc.integer({ min: 1 }), (...of) => {
      const customer = customerOf(...of)
      expect(customerOf(...of)).toEqual(customer)
      const ids = customer.items.map(({ optionId }) => Number(optionId))
      expect(new Set(ids).size).toBe(ids.length)
      expect(ids.length).toBeGreaterThanOrEqual(crowdNumbers.itemsMin)
      expect(ids.length).toBeLessThanOrEqual(crowdNumbers.itemsMax)
      expect(ids.every((id) => id >= 1 && id <= crowdNumbers.hotOptions + 1)).toBe(true)
      expect(Number(customer.userId)).toBeGreaterThanOrEqual(1)
      expect(Number(customer.userId)).toBeLessThanOrEqual(of[2])
    }),
  )
})

test('the crowd is as the numbers say', () => {
  const expected: [number, number][] = [
    [share((it) => it.browsesList), crowdNumbers.browseListShare],
    [share((it) => it.productId !== null), crowdNumbers.browseProductShare],
    [share((it) => it.browsesPopular), crowdNumbers.browsePopularShare],
    [share((it) => it.buysAtOnce), crowdNumbers.buyAtOnceShare],
    [share((it) => it.payment.method === 'card'), crowdNumbers.cardShare],
    [share((it) => it.cancels), crowdNumbers.cancelShare],
    [share((it) => it.sendsTwice), crowdNumbers.doubleShare],
    [share((it) => it.keepsPages), crowdNumbers.keepShare],
    [share((it) => it.readsBack), crowdNumbers.readBackShare],
    [share((it) => it.leaves === 'before-order'), crowdNumbers.leaveBeforeOrderShare],
    [share((it) => it.items.some(({ optionId }) => optionId === '21')), crowdNumbers.limitedShare],
  ]
  for (const [is, should] of expected) expect(Math.abs(is - should)).toBeLessThan(0.015)
  expect(
    share((it) => 'cardToken' in it.payment && it.payment.cardToken === 'card-declined'),
  ).toBeGreaterThan(0)
})

test('some options are wanted more, and every order of two options occurs', () => {
  const items = crowd.flatMap(({ items }) => items)
  const wanting = (id: string) => items.filter(({ optionId }) => optionId === id).length
  expect(wanting('1')).toBeGreaterThan(3 * wanting('20'))
  expect(wanting('20')).toBeGreaterThan(0)
  const before = (first: string, second: string) =>
    crowd.filter(({ items }) => {
      const at = (id: string) => items.findIndex(({ optionId }) => optionId === id)
      return at(first) >= 0 && at(second) > at(first)
    }).length
  expect(before('1', '2')).toBeGreaterThan(100)
  expect(before('2', '1')).toBeGreaterThan(100)
})

test('journeys of one user lie a whole crowd apart', () => {
  const first = crowd.slice(0, 5_000).map(({ userId }) => userId)
  expect(new Set(first).size).toBe(5_000)
})

test('the generator is sfc32, even over its range, different per seed, index and stream', () => {
  const draws = Array.from({ length: 10_000 }, (_, index) => between(journeyRandom(1, index), 0, 9))
  const counts = draws.reduce(
    (tally, draw) => tally.with(draw, (tally[draw] ?? 0) + 1),
    new Array(10).fill(0),
  )
  expect(counts.every((count) => count > 850 && count < 1_150)).toBe(true)
  const firsts = [journeyRandom(1, 2), journeyRandom(2, 1), journeyRandom(1, 2, 1)].map((it) =>
    it(),
  )
  expect(new Set(firsts).size).toBe(3)
})
