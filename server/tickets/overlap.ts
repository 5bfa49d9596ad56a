import type { Range } from './ranges.ts'

/** The first two ranges that share an id, or undefined when none do: no id was issued twice. */
export function firstOverlap(ranges: readonly Range[]): [Range, Range] | undefined {
  const sorted = ranges.toSorted((a, b) => a.first - b.first)
  for (const [index, range] of sorted.entries()) {
    const before = sorted[index - 1]
    if (before && before.last >= range.first) return [before, range]
  }
  return undefined
}
