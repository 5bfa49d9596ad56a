import { sql } from 'drizzle-orm'
import type { Connections } from '../../server/db/connections.ts'
import type { SequenceName } from '../../server/designs/ids/ids.ts'
import { sequenceUses } from '../../server/designs/ids/sequence-uses.ts'
import { ticketRange } from '../../server/tickets/ranges.ts'

/** What the old source would need at least to come up with the new one. */
export const headStartYears = 3
const yearSeconds = 365 * 24 * 3600
/** Rows of a shorter time say nothing about a year. */
const spanSecondsLeast = 24 * 3600

/** What the tables have of a sequence. */
export interface Found {
  rows: number
  /** Ids that the row of the sequence has given: the least that is still there, and the last. */
  firstId: number
  lastId: number
  /** Largest id of the table, whatever source it is from; 0 = no rows. */
  largest: number
  /** Between the oldest row and the newest; 0 = none. */
  spanSeconds: number
}

/** How fast a sequence grows, and where its new source is to begin. */
export interface Growth {
  /** Ids a year; undefined = the rows span too short a time. */
  perYear: number | undefined
  /** First id of the new source. */
  start: number
}

/** Reads rows, ids and their time; scans the table that has the dates. */
export async function readFound(connections: Connections, name: SequenceName): Promise<Found> {
  const { datedBy, isKept } = sequenceUses[name]
  const [table, dates] = [sql.identifier(name), sql.identifier(datedBy)]
  const value = sql`(select value from sequences where name = ${name})`
  const [found] = await connections.rows<Record<keyof Found, string | number | null>>(sql`
    select (select count(*) from ${table}) as \`rows\`,
           (select min(id) from ${table} where id <= ${value}) as firstId,
           ${value} as lastId,
           (select max(id) from ${table}) as largest,
           (select timestampdiff(second, min(created_at), max(created_at)) from ${dates})
             as spanSeconds`)
  const numberOf = (key: keyof Found) => Number(found?.[key] ?? 0)
  return {
    rows: numberOf('rows'),
    firstId: isKept ? numberOf('firstId') : 1,
    lastId: numberOf('lastId'),
    largest: numberOf('largest'),
    spanSeconds: numberOf('spanSeconds'),
  }
}

/** The growth of a sequence by its rows, and three years of it as the head start. */
export function growthOf({ firstId, lastId, largest, spanSeconds }: Found): Growth {
  const used = lastId - Math.max(firstId, 1) + 1
  const isLong = spanSeconds >= spanSecondsLeast && used > 0
  const perYear = isLong ? Math.ceil((used * yearSeconds) / spanSeconds) : undefined
  const given = Math.max(lastId, largest < ticketRange.first ? largest : 0)
  const lead = given + 1 + headStartYears * (perYear ?? 0)
  return { perYear, start: Math.max(lead, ticketRange.first) }
}
