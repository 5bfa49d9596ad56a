import { sql } from 'drizzle-orm'
import type { Connections } from '../../server/db/connections.ts'
import type { SequenceName } from '../../server/designs/ids/ids.ts'

/** One of the two sources that count in the database. */
export interface Counter {
  value: number
  /** Option that has the sequence instead; null = this counter gives its ids. */
  successor: string | null
  retiredValue: number | null
  retiredEpoch: number | null
}

/** Both counters of a sequence: its row, and the mark that the ticket server leases by. */
export interface Counters {
  row: Counter
  mark: Counter
}

const none: Counter = { value: 0, successor: null, retiredValue: null, retiredEpoch: null }

type Row = Record<keyof Counter, string | number | null>

const counterOf = (row: Row | undefined): Counter =>
  row
    ? {
        value: Number(row.value),
        successor: row.successor === null ? null : String(row.successor),
        retiredValue: row.retiredValue === null ? null : Number(row.retiredValue),
        retiredEpoch: row.retiredEpoch === null ? null : Number(row.retiredEpoch),
      }
    : none

const rest = sql`successor, retired_value as retiredValue, retired_epoch as retiredEpoch`

/** Where both counters of a sequence stand. */
export async function readCounters(db: Connections, name: SequenceName): Promise<Counters> {
  const [row] = await db.rows<Row>(sql`select value, ${rest} from sequences where name = ${name}`)
  const [mark] = await db.rows<Row>(
    sql`select high_water as value, ${rest} from ticket_marks where name = ${name}`,
  )
  return { row: counterOf(row), mark: counterOf(mark) }
}

/** Largest id in the table of a sequence; 0 = no row. */
export async function readLargestId(db: Connections, name: SequenceName): Promise<number> {
  const [found] = await db.rows<{ largest: string | null }>(
    sql`select max(id) as largest from ${sql.identifier(name)}`,
  )
  return Number(found?.largest ?? 0)
}
