import { type SQL, sql } from 'drizzle-orm'
import type { Database } from './connections.ts'

/** Values for `in (…)`; there must be one at least. */
export const listOf = (values: readonly (string | number)[]): SQL =>
  sql.join(
    values.map((value) => sql`${value}`),
    sql`,`,
  )

/** As a number written out: as strings, long ids would be compared as floating point. */
const integer = (id: string): SQL => sql.raw(String(BigInt(id)))

/** Ids for `in (…)`; there must be one at least. */
export const idList = (ids: Iterable<string>): SQL => sql.join([...ids].map(integer), sql`,`)

/** A number for each row by its `id`, or the one that all of them have. */
export function numberById(numbers: ReadonlyMap<string, number>): SQL {
  const [first, ...others] = new Set(numbers.values())
  if (others.length === 0) return sql`${first}`
  const cases = [...numbers].map(([id, count]) => sql`when ${integer(id)} then ${count}`)
  return sql`case id ${sql.join(cases, sql` `)} end`
}

/**
 * Moves one row from the state in which its flow has left it. Where it is in another, a fence has
 * failed: the transaction is undone, and what comes after does not happen.
 */
export function moveRow(db: Database, what: string, statement: SQL): void {
  changeOne(db, statement, () => new Error(`${what} is not as its flow has left it`))
}

/** Sends a write of one row with what comes next; where it changes none, the transaction ends. */
export function changeOne(db: Database, statement: SQL, otherwise: () => Error): void {
  db.later(statement, {
    judge(changed) {
      if (changed !== 1) throw otherwise()
    },
  })
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
