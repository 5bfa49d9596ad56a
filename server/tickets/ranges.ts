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
