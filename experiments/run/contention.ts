import type { RowDataPacket } from 'mysql2'
import type { Pool } from 'mysql2/promise'
import type { Contention } from './result.ts'

const answerMsMax = 5000

/** Running totals; the difference of two readings is what one block did. */
export async function readContention(db: Pool, apiUrl: string): Promise<Contention> {
  const [rows] = await db.query<RowDataPacket[]>({
    sql: `show global status where variable_name in
          ('Innodb_row_lock_waits', 'Innodb_row_lock_time')`,
    timeout: answerMsMax,
  })
  const status = new Map(rows.map((row) => [row.Variable_name, Number(row.Value)]))
  const metrics = await (
    await fetch(`${apiUrl}/metrics`, { signal: AbortSignal.timeout(answerMsMax) })
  ).text()
  return {
    deadlocks: await deadlocksOf(db),
    lockWaits: status.get('Innodb_row_lock_waits') ?? 0,
    lockTimeMs: status.get('Innodb_row_lock_time') ?? 0,
    poolWaits: metricTotal(metrics, 'stampede_pool_waits_total'),
    poolTimeouts: metricTotal(metrics, 'stampede_pool_timeouts_total'),
  }
}

export function difference(later: Contention, earlier: Contention): Contention {
  return {
    deadlocks: later.deadlocks - earlier.deadlocks,
    lockWaits: later.lockWaits - earlier.lockWaits,
    lockTimeMs: later.lockTimeMs - earlier.lockTimeMs,
    // A server that was restarted in between counts from zero.
    poolWaits: Math.max(0, later.poolWaits - earlier.poolWaits),
    poolTimeouts: Math.max(0, later.poolTimeouts - earlier.poolTimeouts),
  }
}

/**
 * InnoDB's own count since its start. MySQL has no such status variable, MariaDB no such enabled
 * metric.
 */
export async function deadlocksOf(db: Pool): Promise<number> {
  const ask = async (sql: string) => {
    const [rows] = await db.query<RowDataPacket[]>({ sql, timeout: answerMsMax })
    return rows[0]
  }
  const status = await ask(`show global status where variable_name = 'Innodb_deadlocks'`)
  const metric = async () =>
    await ask(`select count as Value from information_schema.innodb_metrics
               where name = 'lock_deadlocks'`)
  return Number((status ?? (await metric()))?.Value ?? 0)
}

/** Sum over the series of one metric in Prometheus text format. */
export function metricTotal(text: string, name: string): number {
  let total = 0
  for (const line of text.split('\n')) {
    if (line.startsWith(name) && /^[{ ]/.test(line.slice(name.length))) {
      total += Number(line.slice(line.lastIndexOf(' ')))
    }
  }
  return total
}
