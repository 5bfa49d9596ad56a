import { expect, test } from 'bun:test'
import { bucketOf, isInShare } from './share.ts'

const customers = Array.from({ length: 100_000 }, (_, index) => String(index + 1))
const inShare = (percent: number, subject = 'stock', seed = 1) =>
  customers.filter((id) => isInShare(subject, { seed, percent }, id))

test('a customer’s place is the same for ever: a new version moves none', () => {
  const places = ['1', '2', '4711', 'partner-a'].map((id) => bucketOf('stock', 1, id))
  expect(places).toEqual([4587, 5296, 2107, 3111])
})

test.each([0, 1, 5, 25, 50, 100])(
  '%i in a hundred have it, within what sampling allows',
  (percent) => {
    const expected = percent / 100
    const deviation = Math.sqrt((expected * (1 - expected)) / customers.length)
    const share = inShare(percent).length / customers.length
    expect(Math.abs(share - expected)).toBeLessThanOrEqual(4 * deviation)
  },
)

test('a share is those below its place, exactly', () => {
  const below = customers.filter((id) => bucketOf('stock', 1, id) < 500)
  expect(inShare(5)).toEqual(below)
})

test('raising the share only adds customers', () => {
  let last = new Set<string>()
  for (const percent of [0, 1, 5, 6, 25, 50, 99, 100]) {
    const now = new Set(inShare(percent))
    expect([...last].filter((id) => !now.has(id))).toEqual([])
    last = now
  }
  expect(last.size).toBe(customers.length)
})

test.each([
  ['axis', inShare(10, 'reads')],
  ['seed', inShare(10, 'stock', 2)],
])('another %s has other customers', (_what, others) => {
  const first = new Set(inShare(10))
  const both = others.filter((id) => first.has(id)).length
  // A tenth of a tenth, were they unrelated.
  expect(both / customers.length).toBeCloseTo(0.01, 2)
})
