import type { NativeHistogram } from './write-request.ts'

/** Eight buckets per doubling, each 9 % wider than the one before: what k6 sends (factor 1.1). */
const schema = 3
const bucketsPerDoubling = 2 ** schema
/** As client_golang: what is smaller counts as zero. */
const zeroThreshold = 2 ** -128

/** Counts values by their logarithm: any range, an error of at most 4.5 %, few bytes. */
export class ExponentialBuckets {
  readonly #counts = new Map<number, number>()
  #zeros = 0
  #count = 0
  #sum = 0

  /** @param value seconds */
  record(value: number): void {
    this.#count += 1
    this.#sum += value
    if (value <= zeroThreshold) {
      this.#zeros += 1
      return
    }
    const index = Math.ceil(Math.log2(value) * bucketsPerDoubling)
    this.#counts.set(index, (this.#counts.get(index) ?? 0) + 1)
  }

  snapshot(): NativeHistogram {
    return {
      countInt: this.#count,
      sum: this.#sum,
      schema,
      zeroThreshold,
      zeroCountInt: this.#zeros,
      ...runsOf(this.#counts),
    }
  }
}

/** Neighbouring buckets form a span; each count is sent as its difference to the one before. */
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
