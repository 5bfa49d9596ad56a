/** Inclusive, both ends safe integers. */
export interface Range {
  first: number
  last: number
}

export const sizeOf = ({ first, last }: Range): number => last - first + 1

/** Most ids that one request may take. */
export const rangeCountMax = 100_000

/**
 * Default range of the ticket server's ids: far ahead of what the
 * sequence table would reach, and below the shop's other sources of ids.
 */
export const ticketRange: Range = { first: 1_000_000_000, last: 1_999_999_999 }

/** @throws RangeError unless `count` is a whole number from 1 to `rangeCountMax` */
export function assertCount(count: number): void {
  if (Number.isInteger(count) && count >= 1 && count <= rangeCountMax) return
  throw new RangeError(`count must be 1 to ${rangeCountMax}, got ${count}`)
}

/** The first two ranges that share an id, or undefined when none do: no id was issued twice. */
export function firstOverlap(ranges: readonly Range[]): [Range, Range] | undefined {
  const sorted = ranges.toSorted((a, b) => a.first - b.first)
  for (const [index, range] of sorted.entries()) {
    const before = sorted[index - 1]
    if (before && before.last >= range.first) return [before, range]
  }
  return undefined
}

/**
 * How many ids are smaller than one that was had before them.
 * @param ids decimal strings, each taken after the one before it was had
 */
export function inversionsIn(ids: readonly string[]): number {
  let largest = 0n
  let found = 0
  for (const id of ids.map(BigInt)) {
    if (id < largest) found += 1
    else largest = id
  }
  return found
}
