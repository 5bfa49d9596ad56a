import type { Pool, RowDataPacket } from 'mysql2/promise'

/** Shorter than a checker's own deadline, so that no statement outlives its checker. */
const statementMsMax = 15_000

/**
 * Reads rows with a statement that begins with `select`; the server itself ends it after 15 s.
 * @throws the driver's error, also when the time is up
 */
export async function select(
  db: Pool,
  statement: string,
  timeoutMs = statementMsMax,
): Promise<RowDataPacket[]> {
  // MariaDB obeys the first comment, MySQL the second; each skips the other's.
  const limit = `/*M! set statement max_statement_time = ${timeoutMs / 1000} for */`
  const hinted = statement.replace(/^\s*select\b/, `select /*+ max_execution_time(${timeoutMs}) */`)
  const [rows] = await db.query<RowDataPacket[]>(`${limit} ${hinted}`)
  return rows
}
