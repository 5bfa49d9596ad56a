import { sql } from 'drizzle-orm'
import { Problem } from '../../errors.ts'
import type { Range } from '../../tickets/ranges.ts'
import { SourceRetired } from './source-retired.ts'

/** The row of a sequence, as a transaction that takes an id from it has to know it. */
export interface SequenceRow {
  value: string
  last: string
  successor: string | null
  successorFirst: string | null
}

export const rowColumns = sql`value, last, successor, successor_first as successorFirst`

/**
 * The numbers that the row may give.
 * @throws SourceRetired where another source has the sequence; Problem `ids-unavailable` without
 * a row
 */
export function rangeOf(row: SequenceRow | undefined): Range {
  if (!row) throw new Problem('ids-unavailable')
  const { successor, successorFirst, last } = row
  if (successor !== null) throw new SourceRetired(successor, Number(successorFirst ?? 1))
  return { first: 1, last: Number(last) }
}
