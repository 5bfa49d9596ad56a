import { type SQL, sql } from 'drizzle-orm'

/** Values for `in (…)`; there must be one at least. */
export const listOf = (values: readonly (string | number)[]): SQL =>
  sql.join(
    values.map((value) => sql`${value}`),
    sql`,`,
  )

/** A DATETIME as the driver gives it (UTC, no zone) as an ISO 8601 instant. */
export function instant(value: string): string {
  return new Date(`${value.replace(' ', 'T')}Z`).toISOString()
}

/** MariaDB keeps JSON as text; the driver parses it only where the column has the type JSON. */
export const plain = (value: unknown): object =>
  (typeof value === 'string' ? JSON.parse(value) : value) as object
