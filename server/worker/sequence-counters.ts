import { sql } from 'drizzle-orm'
import type { Database } from '../db/connections.ts'
import { listOf } from '../db/statements.ts'
import { type SequenceName, sequenceNames } from '../designs/ids/ids.ts'
import { gauge } from '../metrics/table.ts'

/** The row of `sequences`, or the mark that the ticket server leases by. */
export const counterNames = ['row', 'mark'] as const

/** What gives ids of a sequence, as it stands. */
export interface SequenceCounter {
  sequence: SequenceName
  counter: (typeof counterNames)[number]
  /** The last id that was given, or leased. */
  value: number
  isRetired: boolean
  /** Ids that it has given since it was retired. */
  sinceRetired: number
}

const labels = { sequence: sequenceNames, counter: counterNames }

export const sequenceCounterMetrics = {
  stampede_sequence_value: gauge(
    'Last id that the counter of a sequence has given, or the ticket server has leased by it.',
    labels,
  ),
  stampede_sequence_retired: gauge('1 where the sequence has moved to another source.', labels),
  stampede_sequence_ids_since_retired: gauge(
    'Ids that a counter has given since it was retired; 0 unless something uses two sources.',
    labels,
  ),
}

interface CounterRow {
  name: SequenceName
  counter: SequenceCounter['counter']
  value: string
  successor: string | null
  retired: string | null
}

/** Reads where the counters of all sequences stand; a few rows by their primary key. */
export async function readSequenceCounters(db: Pick<Database, 'rows'>): Promise<SequenceCounter[]> {
  const names = listOf(sequenceNames)
  const rows = await db.rows<CounterRow>(sql`
    select name, 'row' as counter, value, successor, retired_value as retired
    from sequences where name in (${names})
    union all
    select name, 'mark', high_water, successor, retired_value
    from ticket_marks where name in (${names})`)
  return rows.map(({ name, counter, successor, ...row }) => {
    const value = Number(row.value)
    const isRetired = successor !== null
    const sinceRetired = isRetired ? value - Number(row.retired ?? value) : 0
    return { sequence: name, counter, value, isRetired, sinceRetired }
  })
}

/** One figure of each counter, with its labels. */
export const counterSeries = (
  counters: readonly SequenceCounter[] | undefined,
  figure: (counter: SequenceCounter) => number,
) =>
  counters?.map((one) => ({
    labels: { sequence: one.sequence, counter: one.counter },
    value: figure(one),
  }))
