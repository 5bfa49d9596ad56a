import { expect, test } from 'bun:test'
import { ExponentialBuckets } from './exponential-buckets.ts'

function bucketsOf(values: number[]) {
  const buckets = new ExponentialBuckets()
  for (const value of values) buckets.record(value)
  return buckets.snapshot()
}

/** Counts by bucket index, as a receiver reads spans and deltas. */
function countsOf({ positiveSpans, positiveDeltas }: ReturnType<typeof bucketsOf>) {
  const counts: Record<number, number> = {}
  let index = 0
  let count = 0
  let at = 0
  for (const { offset, length } of positiveSpans) {
    index += offset
    for (let step = 0; step < length; step += 1) {
      count += positiveDeltas[at++] ?? Number.NaN
      counts[index++] = count
    }
  }
  return counts
}

test('a value lies in the bucket whose upper bound is the next power of 2^(1/8)', () => {
  // Schema 3: bucket i is ]2^((i-1)/8), 2^(i/8)].
  expect(countsOf(bucketsOf([1, 2, 2.0001, 0.5, 1.05]))).toEqual({
    [-8]: 1,
    0: 1,
    1: 1,
    8: 1,
    9: 1,
  })
})

test('neighbours share a span, a gap begins another', () => {
  const { positiveSpans, positiveDeltas } = bucketsOf([1, 1, 1.05, 4])
  expect(positiveSpans).toEqual([
    { offset: 0, length: 2 },
    { offset: 14, length: 1 },
  ])
  expect(positiveDeltas).toEqual([2, -1, 0])
})

test('zero is counted apart; sum and count are those of all values', () => {
  const found = bucketsOf([0, 0.25, 0.75])
  expect(found).toMatchObject({ countInt: 3, zeroCountInt: 1, sum: 1 })
  expect(bucketsOf([])).toMatchObject({ countInt: 0, positiveSpans: [], positiveDeltas: [] })
})
