import type { ResultSetHeader } from 'mysql2'
import type { Pool } from 'mysql2/promise'
import { uncontended } from './uncontended.ts'

/**
 * Makes all orders that wait for payment run out, so that a crowd of seconds has expiries in it.
 * @param inSeconds from now; the worker cancels them then
 * @returns how many there are
 */
export async function expireUnpaid(db: Pool, inSeconds: number): Promise<number> {
  const [{ affectedRows }] = await uncontended(() =>
    db.query<ResultSetHeader>(
      `update orders set expires_at = date_add(utc_timestamp(3), interval ? microsecond)
       where status = 'pending'`,
      [Math.round(inSeconds * 1e6)],
    ),
  )
  return affectedRows
}
