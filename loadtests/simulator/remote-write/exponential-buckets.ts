import type { NativeHistogram } from './write-request.ts'

/** Eight buckets per doubling, each 9 % wider than the one before: what k6 sends (factor 1.1). */
const schema = 3
const bucketsPerDoubling = 2 ** schema
/** As client_golang: what is smaller counts as nought. */
const zeroThreshold = 2 ** -128

export interface ExponentialBuckets {
  /** @param value seconds */
  record(value: number): void
  snapshot(): NativeHistogram
}

/** Counts values by their logarithm: any range, an error of at most 4.5 %, few bytes. */
export function createExponentialBuckets(): ExponentialBuckets {
  const counts = new Map<number, number>()
  let zeroCountInt = 0
  let countInt = 0
  let sum = 0
  return {
    record(value) {
      countInt += 1
      sum += value
      if (value <= zeroThreshold) zeroCountInt += 1
      else {
        const index = Math.ceil(Math.log2(value) * bucketsPerDoubling)
        counts.set(index, (counts.get(index) ?? 0) + 1)
      }
    },
    snapshot: () => ({ countInt, sum, schema, zeroThreshold, zeroCountInt, ...runsOf(counts) }),
  }
}

/** Neighbouring buckets form a span; each count is told as its difference to the one before. */
function runsOf(
  counts: ReadonlyMap<number, number>,
): Pick<NativeHistogram, 'positiveSpans' | 'positiveDeltas'> {
  const positiveSpans: NativeHistogram['positiveSpans'] = []
  const positiveDeltas: number[] = []
  let next: number | undefined
  let before = 0
  for (const [index, count] of [...counts].sort(([one], [other]) => one - other)) {
    const span = positiveSpans.at(-1)
    if (span && index === next) span.length += 1
    else positiveSpans.push({ offset: index - (next ?? 0), length: 1 })
    positiveDeltas.push(count - before)
    before = count
    next = index + 1
  }
  return { positiveSpans, positiveDeltas }
}
