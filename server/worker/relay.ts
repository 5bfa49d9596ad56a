import { type SQL, sql } from 'drizzle-orm'
import type { Connections, Database } from '../db/connections.ts'
import { instant, listOf, momentFromNow, plain } from '../db/statements.ts'
import { effectsOf, handlersOf } from '../designs/effects/handlers.ts'
import type { HandOver } from './hand-over.ts'
import type { EffectJob } from './queue.ts'

const batch = 200
/** An event with effects still open after this long is queued again: Redis may have lost it. */
const overdueMs = 15_000
/** An event relayed so long after it was written may have been relayed before. */
const lateMs = 1000

interface OutboxRow {
  id: string
  eventId: string
  payload: { type: string }
  createdAt: string
  isLate: number
}

/**
 * One turn of the relay: hands committed outbox rows over, oldest first. A crash before they are
 * marked hands them over again; job ids and the inbox make that harmless. It locks nothing: a
 * locking read of the newest rows would hold up the payments that write the next.
 * @returns whether there was anything to relay
 */
export async function relay(connections: Connections, handOver: HandOver): Promise<boolean> {
  const rows = await connections.rows<OutboxRow>(sql`
    select id, event_id as eventId, payload, created_at as createdAt,
           created_at < ${momentFromNow(-lateMs)} as isLate
    from outbox where settled_at is null and relayed_at is null order by id limit ${batch}`)
  if (rows.length === 0) return false
  // First what needs no queue: it goes on while Redis is away.
  const full = rows.findIndex((row) => !handOver.begin(jobsOf(row)))
  const begun = full === -1 ? rows.length : full
  await markRelayed(connections, rows.slice(0, begun))
  const rest = rows.slice(begun)
  if (rest.length > 0 && (await handOver.queue(rest.flatMap(jobsOf)))) {
    await markRelayed(connections, rest)
  }
  return true
}

async function markRelayed(connections: Connections, rows: readonly OutboxRow[]): Promise<void> {
  if (rows.length === 0) return
  // A scan, which a small table gets otherwise, waits for events that are not committed yet.
  await connections.change(sql`
    update outbox force index (primary) set relayed_at = ${momentFromNow()}
    where id in (${listOf(rows.map(({ id }) => id))})`)
}

/** The effects of the event. */
function jobsOf({ eventId, payload, createdAt, isLate }: OutboxRow): EffectJob[] {
  const writtenAtMs = Date.parse(instant(createdAt))
  return effectsOf(eventId, plain(payload) as OutboxRow['payload']).map((effect) => {
    return { ...effect, writtenAtMs, isLate: Number(isLate) === 1, triesBefore: 0 }
  })
}

export interface Sweep {
  /** Events that lacked an effect and are relayed again. */
  overdue: number
  /** Whether there may be more events to look at. */
  isMore: boolean
}

interface RelayedRow {
  id: string
  isOverdue: number
}

/**
 * Looks at events that were relayed a while ago: those with all their effects are settled, the
 * others are relayed again. An event that is settled is never looked at again, by any process, so
 * a sweep costs no more when the sale grows old. It looks before it writes: an update that counts
 * effects would lock those that the worker is about to insert.
 */
export async function sweepOverdue(connections: Connections): Promise<Sweep> {
  const before = momentFromNow(-overdueMs)
  return await connections.use(async (db) => {
    const rows = await db.rows<RelayedRow>(sql`
      select id, (select count(*) from effects
                  where effects.event_id = outbox.event_id and effects.status <> 'again')
                 < if(type = 'order.paid', ${handlersOf('order.paid').length}, 1) as isOverdue
      from outbox where settled_at is null and relayed_at < ${before}
      order by relayed_at limit ${batch}`)
    const [overdue, settled] = [1, 0].map((wanted) =>
      rows.flatMap(({ id, isOverdue }) => (Number(isOverdue) === wanted ? [id] : [])),
    )
    await markSwept(db, settled, before, sql`settled_at = ${momentFromNow()}`)
    await markSwept(db, overdue, before, sql`relayed_at = null`)
    return { overdue: overdue?.length ?? 0, isMore: rows.length === batch }
  })
}

/** A row that was replayed meanwhile is relayed no more, and left alone. */
async function markSwept(
  db: Database,
  ids: readonly string[] | undefined,
  before: SQL,
  how: SQL,
): Promise<void> {
  if (!ids?.length) return
  await db.change(sql`update outbox force index (primary) set ${how}
      where id in (${listOf(ids)}) and settled_at is null and relayed_at < ${before}`)
}
