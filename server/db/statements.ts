import { type SQL, sql } from 'drizzle-orm'
import type { ResultSetHeader, RowDataPacket } from 'mysql2'
import type { Database } from './connections.ts'

/** Runs a query written out as SQL; numbers above 2^53 and all BIGINT come back as strings. */
export async function rowsOf<Row extends object>(db: Database, query: SQL): Promise<Row[]> {
  const [rows] = (await db.execute(query)) as unknown as [RowDataPacket[]]
  return rows as Row[]
}

/** Runs a statement written out as SQL. Returns how many rows it changed. */
export async function changed(db: Database, statement: SQL): Promise<number> {
  const [result] = (await db.execute(statement)) as unknown as [ResultSetHeader]
  return result.affectedRows
}

/** Runs an insert into a table with AUTO_INCREMENT and gives the id of its (first) row. */
export async function insertedId(db: Database, statement: SQL): Promise<number> {
  const [result] = (await db.execute(statement)) as unknown as [ResultSetHeader]
  return result.insertId
}

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
