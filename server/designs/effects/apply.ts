import { type SQL, sql } from 'drizzle-orm'
import type { Connections, Database } from '../../db/connections.ts'
import { isDuplicateKey } from '../../db/failures.ts'
import { momentFromNow } from '../../db/statements.ts'
import { type Effect, type HandlerServices, handlers } from './handlers.ts'

/** Tries of one effect before it is dead. */
export const attemptsMax = 3

export interface EffectCounts {
  done: number
  retried: number
  dead: number
}

export interface EffectServices extends HandlerServices {
  connections: Connections
}

/** The effect is of a kind that this version does not know: trying again is of no use. */
export class NoSuchHandler extends Error {
  override name = 'NoSuchHandler'
}

/**
 * Applies one effect once.
 * in: event, handler · out: its inbox row · closes: the same effect run twice, since the inbox
 * row's primary key lets one transaction win; partners outside drop a repeated event id themselves.
 * @param tries which try of this life it is, from 1
 * @param isRepeat it may be settled already: then its row is read first
 * @throws NoSuchHandler, or what the handler threw
 */
export async function applyEffect(
  services: EffectServices,
  effect: Effect,
  tries: number,
  isRepeat: boolean,
): Promise<void> {
  const { connections } = services
  const handler = Object.hasOwn(handlers, effect.handler) ? handlers[effect.handler] : undefined
  if (!handler) throw new NoSuchHandler(`no handler ${effect.handler}`)
  if (isRepeat && (await isSettled(connections, effect))) return
  await handler.outside?.(services, effect.eventId, effect.payload)
  const settle = async (db: Database, triesAll: number) => {
    await writeInbox(db, effect, 'done', triesAll)
    await handler.inside?.(db, effect.payload)
  }
  try {
    if (handler.inside) await connections.transaction((db) => settle(db, tries))
    else await connections.use((db) => settle(db, tries))
  } catch (error) {
    if (!isDuplicateKey(error)) throw error
    // There is a row already: of the same effect settled before, or of one that is re-enqueued.
    await connections.transaction(async (db) => {
      const triesBefore = await takeReplayed(db, effect)
      if (triesBefore > 0) await settle(db, triesBefore + tries)
    })
  }
}

async function isSettled(connections: Connections, { eventId, handler }: Effect): Promise<boolean> {
  const rows = await connections.rows(sql`select status from effects
        where event_id = ${eventId} and handler = ${handler} and status <> 'again'`)
  return rows.length > 0
}

/**
 * Takes the row of a replayed effect away; the transaction that deletes it goes on.
 * @returns its tries so far, 0 where it is not re-enqueued
 */
async function takeReplayed(db: Database, { eventId, handler }: Effect): Promise<number> {
  const replayed = sql`event_id = ${eventId} and handler = ${handler} and status = 'again'`
  const [row] = await db.rows<{ attempts: number }>(sql`
    select attempts from effects where ${replayed}`)
  if (!row) return 0
  const gone = await db.change(sql`delete from effects where ${replayed}`)
  return gone === 1 ? row.attempts : 0
}

/**
 * Marks an effect as dead and raises its alert in one transaction: an event like any other. The
 * event itself is written down where it is not yet, so that it can be replayed.
 */
export async function buryEffect(
  connections: Connections,
  effect: Effect,
  tries: number,
  message: string,
): Promise<void> {
  const { eventId, handler, payload } = effect
  try {
    await connections.transaction(async (db) => {
      const triesAll = (await takeReplayed(db, effect)) + tries
      await writeInbox(db, effect, 'dead', triesAll, message)
      await writeEvent(db, eventId, payload, momentFromNow())
      if (handler === 'slack') return
      const text = `${handler} of ${eventId} failed ${tries} times: ${message}`
      await writeEvent(db, alertIdOf(effect, triesAll), { type: 'alert.dead-letter', text }, null)
    })
  } catch (error) {
    if (!isDuplicateKey(error)) throw error
  }
}

/** Each death of an effect has an alert of its own: `alert-<event>-<handler>`, then `…-2`. */
function alertIdOf({ eventId, handler }: Effect, triesAll: number): string {
  const death = Math.ceil(triesAll / attemptsMax)
  return `alert-${eventId}-${handler}${death > 1 ? `-${death}` : ''}`
}

async function writeEvent(
  db: Database,
  eventId: string,
  payload: { type: string; text?: string },
  relayedAt: SQL | null,
): Promise<void> {
  await db.change(sql`insert into outbox (event_id, type, payload, created_at, relayed_at)
      values (${eventId}, ${payload.type}, ${JSON.stringify(payload)}, ${momentFromNow()},
              ${relayedAt})
      on duplicate key update event_id = event_id`)
}

async function writeInbox(
  db: Database,
  { eventId, handler }: Effect,
  status: 'done' | 'dead',
  tries: number,
  error: string | null = null,
): Promise<void> {
  await db.change(sql`insert into effects (event_id, handler, status, attempts, error, created_at)
      values (${eventId}, ${handler}, ${status}, ${tries}, ${error?.slice(0, 255) ?? null},
              ${momentFromNow()})`)
}
