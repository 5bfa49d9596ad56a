import { sql } from 'drizzle-orm'
import type { Connections, Database } from '../db/connections.ts'
import { instant, listOf, plain } from '../db/statements.ts'
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
}

/**
 * One turn of the relay: hands committed outbox rows over, oldest first. A crash before they are
 * marked hands them over again; job ids and the inbox make that harmless. It locks nothing: a
 * locking read of the newest rows would hold up the payments that write the next.
 * @returns whether there was anything to relay
 */
export async function relay(connections: Connections, handOver: HandOver): Promise<boolean> {
  const rows = await connections.rows<OutboxRow>(sql`
    select id, event_id as eventId, payload, created_at as createdAt
    from outbox where relayed_at is null order by id limit ${batch}`)
  if (rows.length === 0) return false
  await handOver.begin(rows.flatMap(jobsOf))
  const ids = listOf(rows.map(({ id }) => id))
  // A scan, which a small table gets otherwise, waits for events that are not committed yet.
  await connections.change(sql`
    update outbox force index (primary) set relayed_at = ${new Date()} where id in (${ids})`)
  return true
}

/** The effects of the event. */
function jobsOf({ eventId, payload, createdAt }: OutboxRow): EffectJob[] {
  const writtenAtMs = Date.parse(instant(createdAt))
  const isLate = Date.now() - writtenAtMs > lateMs
  return effectsOf(eventId, plain(payload) as OutboxRow['payload']).map((effect) => {
    return { ...effect, writtenAtMs, isLate, triesBefore: 0 }
  })
}

/**
 * Queues again what was relayed long ago and still lacks an effect. Each event is looked at once
 * after each time that it was relayed, so that a sweep costs no more when the sale grows old; the
 * first sweep of a process looks at all. It looks before it writes: an update that counts effects
 * would lock those that the worker is about to insert.
 * @returns a sweep, which tells how many events it queued
 */
export function createOverdueSweep(connections: Connections): () => Promise<number> {
  let looked = new Date(0)
  return async () => {
    const before = new Date(Date.now() - overdueMs)
    return await connections.use(async (db) => {
      const overdue = await overdueIds(db, looked, before)
      const queued = await queueAgain(db, overdue, before)
      if (overdue.length < batch) looked = before
      return queued
    })
  }
}

async function overdueIds(db: Database, from: Date, before: Date): Promise<string[]> {
  const rows = await db.rows<{ id: string }>(sql`
    select id from outbox where relayed_at >= ${from} and relayed_at < ${before}
    and (select count(*) from effects
         where effects.event_id = outbox.event_id and effects.status <> 'again')
        < if(type = 'order.paid', ${handlersOf('order.paid').length}, 1) limit ${batch}`)
  return rows.map(({ id }) => id)
}

async function queueAgain(db: Database, ids: readonly string[], before: Date): Promise<number> {
  if (ids.length === 0) return 0
  return await db.change(sql`update outbox force index (primary) set relayed_at = null
      where id in (${listOf(ids)}) and relayed_at < ${before}`)
}
