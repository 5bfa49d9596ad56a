import { type SQL, sql } from 'drizzle-orm'
import type { Database } from './connections.ts'

/** Values for `in (…)`; there must be one at least. */
export const listOf = (values: readonly (string | number)[]): SQL =>
  sql.join(
    values.map((value) => sql`${value}`),
    sql`,`,
  )

/**
 * Moves one row from the state in which its flow has left it.
 * @throws Error where it is in another: a fence has failed, and what comes after must not happen
 */
export async function moveRow(db: Database, what: string, statement: SQL): Promise<void> {
  if ((await db.change(statement)) !== 1) throw new Error(`${what} is not as its flow has left it`)
}

/** A DATETIME as the driver gives it (UTC, no zone) as an ISO 8601 instant. */
export function instant(value: string): string {
  return new Date(`${value.replace(' ', 'T')}Z`).toISOString()
}

/** MariaDB keeps JSON as text; the driver parses it only where the column has the type JSON. */
export const plain = (value: unknown): object =>
  (typeof value === 'string' ? JSON.parse(value) : value) as object

/**
 * A moment by the database's clock, which all processes share: leases and what is old go by it.
 * @param offsetMs from now, below zero = in the past
 */
export const momentFromNow = (offsetMs = 0): SQL =>
  offsetMs === 0
    ? sql`utc_timestamp(3)`
    : sql`utc_timestamp(3) + interval ${Math.round(offsetMs * 1000)} microsecond`
