import { describe, expect, test } from 'bun:test'
import { type Shop, simulateCanary } from './testing/simulated.ts'
import { alphaInAll } from './watch.ts'

const every = (times: number) => ({ browse: times, order: times, pay: times })

const canaries = (changed: Partial<Shop>, count: number) =>
  Array.from({ length: count }, (_, seed) => simulateCanary(changed, seed + 1))

/** Of ascending values, the one that such a part of them is not above. */
const quantile = (values: readonly number[], part: number) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * part)] ?? Number.NaN

test('of 1,000 canaries of options that are alike, no more than 1 in 20 is stopped', () => {
  const stopped = canaries({}, 1000).filter(({ move }) => move === 'stop')
  expect(stopped.length / 1000).toBeLessThanOrEqual(alphaInAll)
}, 600_000)

describe('a canary is stopped before 1 % of all requests were harmed that', () => {
  test.each([
    ['takes 3 times as long', { slower: every(3) }, 0.95],
    ['takes twice as long, in most cases', { slower: every(2) }, 0.5],
    ['takes 3 times as long to pay', { slower: { pay: 3 } }, 0.95],
    ['takes 3 times as long to show products', { slower: { browse: 3 } }, 0.95],
    ['fails in every tenth request', { failing: { base: 0.002, canary: 0.1 } }, 0.95],
  ] as const)('%s', (_what, changed, part) => {
    const all = canaries(changed, 100)
    expect(all.filter(({ move }) => move !== 'stop')).toEqual([])
    const harmed = all.map((one) => one.harmed / one.all)
    expect(quantile(harmed, part)).toBeLessThanOrEqual(0.01)
    expect(
      quantile(
        all.map(({ percent }) => percent),
        0.9,
      ),
    ).toBe(5)
  })
})

test('the first three requests of a new option may be slow', () => {
  const stopped = canaries({ coldRequests: 3 }, 100).filter(({ move }) => move === 'stop')
  expect(stopped.length).toBeLessThanOrEqual(100 * alphaInAll)
})
