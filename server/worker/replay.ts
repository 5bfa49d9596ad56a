import { type SQL, sql } from 'drizzle-orm'
import { type Connections, connect } from '../db/connections.ts'
import { instant } from '../db/statements.ts'
import { handlers } from '../designs/effects/handlers.ts'

/** What an effect may be named after. */
export const handlerNames = Object.keys(handlers)

/** Dead effects that one command looks at; the next call has the rest. */
const listedMax = 1000

export interface DeadEffect {
  eventId: string
  handler: string
  /** Tries of all its lives. */
  attempts: number
  error: string | null
  /** ISO 8601. */
  diedAt: string
}

export interface DeadFilter {
  eventId?: string | undefined
  handler?: string | undefined
}

/** Dead effects, the oldest death first, at most 1000. */
export async function listDead(
  connections: Connections,
  { eventId, handler }: DeadFilter = {},
): Promise<DeadEffect[]> {
  const conditions: SQL[] = [sql`status = 'dead'`]
  if (eventId !== undefined) conditions.push(sql`event_id = ${eventId}`)
  if (handler !== undefined) conditions.push(sql`handler = ${handler}`)
  const rows = await connections.rows<DeadEffect>(sql`
      select event_id as eventId, handler, attempts, error, created_at as diedAt
      from effects where ${sql.join(conditions, sql` and `)}
      order by created_at, event_id, handler limit ${listedMax}`)
  return rows.map((row) => ({ ...row, diedAt: instant(row.diedAt) }))
}

/**
 * Re-enqueues a dead effect: three tries more, and an alert of its own should it die again.
 * in: a dead row · out: the row waits, its event is not relayed · closes: two replays at once,
 * since only one finds the row dead, and a crash halfway, since both are one transaction.
 * @returns false where it is not dead any more
 */
export async function replayEffect(
  connections: Connections,
  { eventId, handler }: Pick<DeadEffect, 'eventId' | 'handler'>,
): Promise<boolean> {
  return await connections.transaction(async (db) => {
    const revived = await db.change(sql`update effects set status = 'again'
        where event_id = ${eventId} and handler = ${handler} and status = 'dead'`)
    if (revived === 0) return false
    await db.change(sql`update outbox set relayed_at = null, settled_at = null
        where event_id = ${eventId}`)
    return true
  })
}

/**
 * Lists the dead effects of a shop, a line each, then re-enqueues them.
 * @param url mysql://…/schema
 * @param say prints each, and at the end how many
 * @param listOnly leaves them dead
 */
export async function replayDead(
  url: string,
  filter: DeadFilter & { listOnly: boolean },
  say: (line: string) => void,
): Promise<void> {
  const connections = connect(url)
  try {
    const dead = await listDead(connections, filter)
    for (const { diedAt, eventId, handler, attempts, error } of dead) {
      say(`${diedAt} ${handler} of ${eventId}, ${attempts} tries: ${error}`)
    }
    if (filter.listOnly) return say(`${dead.length} dead`)
    let revived = 0
    for (const effect of dead) if (await replayEffect(connections, effect)) revived += 1
    say(`${revived} of ${dead.length} dead effects queued again`)
  } finally {
    await connections.close()
  }
}
