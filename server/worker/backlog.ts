import type { Queue } from 'bullmq'
import { sql } from 'drizzle-orm'
import type { Connections } from '../db/connections.ts'
import type { EffectJob } from './queue.ts'

export const jobStates = ['waiting', 'active', 'delayed', 'failed'] as const
export const openSagaStatuses = ['running', 'undoing'] as const
export const openDispatchStatuses = ['waiting', 'taken'] as const

/** What waits to be done, as it was at `readAtMs` of the monotonic clock. */
export interface Backlog {
  readAtMs: number
  outboxPending: number
  /** Age of the oldest event that is not relayed, 0 when there is none. */
  outboxOldestSeconds: number
  queueJobs: Record<string, number>
  openSagas: Record<string, number>
  /** Paid orders by where they are in the warehouse, those that are done left out. */
  dispatches: Record<string, number>
}

/**
 * Looks at outbox, queue and sagas. A loop of its own does so each second and a scrape shows what
 * it saw last, so that no scrape ever waits for the database.
 */
export async function readBacklog(
  connections: Connections,
  queue: Queue<EffectJob>,
): Promise<Backlog> {
  const [outbox, sagas, dispatches] = await connections.use(async (db) => [
    await db.rows<{ pending: number; oldestMicros: string | null }>(sql`select count(*) as pending,
               timestampdiff(microsecond, min(created_at), ${new Date()}) as oldestMicros
        from outbox where relayed_at is null`),
    await db.rows<{ status: string; open: number }>(sql`select status, count(*) as open from sagas
        where status in ('running', 'undoing') group by status`),
    await db.rows<{ status: string; open: number }>(sql`
      select status, count(*) as open from dispatches
      where status in ('waiting', 'taken') group by status`),
  ])
  const jobs = await queue.getJobCounts(...jobStates)
  return {
    readAtMs: performance.now(),
    outboxPending: Number(outbox[0]?.pending ?? 0),
    outboxOldestSeconds: Math.max(0, Number(outbox[0]?.oldestMicros ?? 0)) / 1e6,
    queueJobs: Object.fromEntries(jobStates.map((state) => [state, jobs[state] ?? 0])),
    openSagas: byStatus(sagas, openSagaStatuses),
    dispatches: byStatus(dispatches, openDispatchStatuses),
  }
}

function byStatus(
  rows: readonly { status: string; open: number }[],
  statuses: readonly string[],
): Record<string, number> {
  const found = new Map(rows.map(({ status, open }) => [status, Number(open)]))
  return Object.fromEntries(statuses.map((status) => [status, found.get(status) ?? 0]))
}
