import type { Queue } from 'bullmq'
import { sql } from 'drizzle-orm'
import type { Connections } from '../db/connections.ts'
import { momentFromNow } from '../db/statements.ts'
import { stuckAttempts } from '../designs/transaction/split/recovery.ts'
import { type CouponPool, readCouponPools } from './coupon-pool.ts'
import type { EffectJob } from './queue.ts'
import { readSequenceCounters, type SequenceCounter } from './sequence-counters.ts'

export const jobStates = ['waiting', 'active', 'delayed', 'failed'] as const
export const openSagaStatuses = ['running', 'undoing'] as const
export const openDispatchStatuses = ['waiting', 'taken'] as const

/** More of a status are not counted. */
const dispatchesMax = 10_000

/** What waits to be done, as it was at `readAtMs` of the monotonic clock. */
export interface Backlog {
  readAtMs: number
  outboxPending: number
  /** Age of the oldest event that is not relayed, 0 when there is none. */
  outboxOldestSeconds: number
  /** Undefined while Redis does not answer. */
  queueJobs: Record<string, number> | undefined
  openSagas: Record<string, number>
  /** Open sagas that have been tried so often that a person has to look. */
  stuckSagas: number
  /** Paid orders by where they are in the warehouse, those that are done left out. */
  dispatches: Record<string, number>
  /** Orders that were taken in and are not placed or refused yet. */
  intakesWaiting: number
  /** Age of the oldest of them, 0 when there is none. */
  intakesOldestSeconds: number
  couponPools: CouponPool[]
  sequences: SequenceCounter[]
}

/**
 * Looks at outbox, queue and sagas. A loop of its own does so each second and a scrape shows what
 * it saw last, so that no scrape ever waits for the database.
 */
export async function readBacklog(
  connections: Connections,
  queue: Queue<EffectJob>,
): Promise<Backlog> {
  // Each by itself: a Redis that is silent hides nothing of what the database shows.
  const asked = queue.getJobCounts(...jobStates).catch(() => undefined)
  const [outbox, sagas, dispatches, intakes, couponPools, sequences] = await connections.use(
    async (db) => [
      await db.rows<{
        pending: number
        oldestMicros: string | null
      }>(sql`select count(*) as pending,
               timestampdiff(microsecond, min(created_at), ${momentFromNow()}) as oldestMicros
        from outbox where settled_at is null and relayed_at is null`),
      await db.rows<{ status: string; open: number; stuck: number }>(sql`
      select status, count(*) as open, sum(attempts >= ${stuckAttempts}) as stuck from sagas
      where status in ('running', 'undoing') group by status`),
      await db.rows<{ status: string; open: number }>(
        sql.join(openDispatchStatuses.map(dispatchesOf), sql` union all `),
      ),
      await db.rows<{
        waiting: number
        oldestMicros: string | null
      }>(sql`select count(*) as waiting,
               timestampdiff(microsecond, min(created_at), ${momentFromNow()}) as oldestMicros
        from order_intakes where status = 'waiting'`),
      await readCouponPools(db),
      await readSequenceCounters(db),
    ],
  )
  const jobs = await asked
  return {
    readAtMs: performance.now(),
    outboxPending: Number(outbox[0]?.pending ?? 0),
    outboxOldestSeconds: secondsOf(outbox),
    queueJobs: jobs && Object.fromEntries(jobStates.map((state) => [state, jobs[state] ?? 0])),
    openSagas: byStatus(sagas, openSagaStatuses),
    stuckSagas: sagas.reduce((sum, { stuck }) => sum + Number(stuck), 0),
    dispatches: byStatus(dispatches, openDispatchStatuses),
    intakesWaiting: Number(intakes[0]?.waiting ?? 0),
    intakesOldestSeconds: secondsOf(intakes),
    couponPools,
    sequences,
  }
}

const secondsOf = ([row]: readonly { oldestMicros: string | null }[]): number =>
  Math.max(0, Number(row?.oldestMicros ?? 0)) / 1e6

/** A warehouse that takes no orders must not make each look longer than the last. */
const dispatchesOf = (status: string) => sql`select ${status} as status, (select count(*) from
  (select 1 from dispatches where status = ${status} limit ${dispatchesMax}) counted) as open`

function byStatus(
  rows: readonly { status: string; open: number }[],
  statuses: readonly string[],
): Record<string, number> {
  const found = new Map(rows.map(({ status, open }) => [status, Number(open)]))
  return Object.fromEntries(statuses.map((status) => [status, found.get(status) ?? 0]))
}
