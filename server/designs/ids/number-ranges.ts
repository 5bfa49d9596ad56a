import { Problem } from '../../errors.ts'
import { type Range, ticketRange } from '../../tickets/ranges.ts'

/**
 * Where the ids of each source lie: whatever mixture of designs meets in one schema, no two sources
 * ever give the same id. All are below 2^53, which JSON readers keep exact. A row of `sequences`
 * that a sequence goes back to goes on among the ticket server's numbers, which then gives none.
 */
export const numberRanges = {
  /** The rows of `sequences`, which two options raise, each of them atomically. */
  sequenceRows: { first: 1, last: ticketRange.first - 1 },
  /** The ticket server's, whose environment may say otherwise. */
  tickets: ticketRange,
  /** AUTO_INCREMENT of `replaced_tickets`, which the migration starts there. */
  replaced: { first: 2_000_000_000, last: 2_999_999_999 },
  databaseSequences: { first: 3_000_000_000, last: 999_999_999_999 },
  timeSorted: { first: 1_000_000_000_000, last: Number.MAX_SAFE_INTEGER },
} as const satisfies Record<string, Range>

export type RangeName = keyof typeof numberRanges

/**
 * The id, as a decimal string.
 * @throws Problem `ids-unavailable` outside the source's range, where it would be another's
 */
export function idWithin({ first, last }: Range, id: number): string {
  if (id >= first && id <= last) return String(id)
  throw usedUp()
}

/** Of a source that has come to the end of its numbers. */
export const usedUp = () =>
  new Problem('ids-unavailable', { detail: 'The numbers of this source of ids are used up' })
