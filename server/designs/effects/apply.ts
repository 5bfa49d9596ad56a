import { type SQL, sql } from 'drizzle-orm'
import type { Connections, Database } from '../../db/connections.ts'
import { isDuplicateKey } from '../../db/failures.ts'
import { listOf, momentFromNow } from '../../db/statements.ts'
import { type Effect, type Handler, type HandlerServices, handlers } from './handlers.ts'

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

/** What is known of an effect before it is tried. */
export interface TryFacts {
  /** It may be settled already: then its row is read first. */
  isRepeat: boolean
  /** The partner has it from this very try; what is left is its row. */
  isDelivered?: boolean
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
 * @throws NoSuchHandler, or what the handler threw
 */
export async function applyEffect(
  services: EffectServices,
  effect: Effect,
  tries: number,
  { isRepeat, isDelivered = false }: TryFacts,
): Promise<void> {
  const { connections } = services
  const handler = Object.hasOwn(handlers, effect.handler) ? handlers[effect.handler] : undefined
  if (!handler) throw new NoSuchHandler(`no handler ${effect.handler}`)
  if (isRepeat && (await isSettled(connections, effect))) return
  if (!isDelivered) await handler.outside?.(services, effect.eventId, effect.payload)
  const settle = async (db: Database, triesAll: number) => {
    db.later(inboxRows([effect], 'done', triesAll))
    await handler.inside?.(db, effect.payload)
  }
  try {
    if (handler.inside) await connections.transaction((db) => settle(db, tries))
    else await connections.change(inboxRows([effect], 'done', tries))
  } catch (error) {
    if (!isDuplicateKey(error)) throw error
    // There is a row already: of the same effect settled before, or of one that is re-enqueued.
    await connections.transaction(async (db) => {
      const triesBefore = await takeReplayed(db, effect)
      if (triesBefore > 0) await settle(db, triesBefore + tries)
    })
  }
}

/** What became of effects that were tried together. */
export interface Tried<E extends Effect> {
  done: E[]
  failed: E[]
  /** Delivered, without a row: each is to be tried by itself. */
  open: E[]
}

/**
 * Makes the first try of many effects of one handler at once: one delivery, one transaction.
 * in: effects, none of them tried before · out: their inbox rows, all or none · closes: the same
 * as `applyEffect`; where one of them has its row already, all are left open
 */
export async function applyTogether<E extends Effect>(
  services: EffectServices,
  handler: Handler,
  effects: readonly E[],
): Promise<Tried<E>> {
  if (effects.length === 0) return { done: [], failed: [], open: [] }
  const all = new Set(effects.map(({ eventId }) => eventId))
  const confirmed = handler.outsideAll
    ? await handler.outsideAll(services, effects).catch(() => new Set<string>())
    : all
  const [failed, done] = [false, true].map((isDone) =>
    effects.filter(({ eventId }) => confirmed.has(eventId) === isDone),
  ) as [E[], E[]]
  if (done.length === 0) return { done, failed, open: [] }
  try {
    await services.connections.transaction(async (db) => {
      db.later(inboxRows(done, 'done', 1))
      const payloads = done.map(({ payload }) => payload)
      handler.insideAll?.(db, payloads)
    })
    return { done, failed, open: [] }
  } catch {
    return { done: [], failed, open: done }
  }
}

/** Ids of events whose effect by the handler is settled. */
export async function settledAmong(
  connections: Connections,
  handler: string,
  eventIds: readonly string[],
): Promise<ReadonlySet<string>> {
  if (eventIds.length === 0) return new Set()
  const rows = await connections.rows<{ eventId: string }>(sql`
    select event_id as eventId from effects
    where event_id in (${listOf(eventIds)}) and handler = ${handler} and status <> 'again'`)
  return new Set(rows.map(({ eventId }) => eventId))
}

/** Whether a handler can be run for many effects at once. */
export const isForMany = ({ insideAll, outsideAll }: Handler): boolean =>
  insideAll !== undefined || outsideAll !== undefined

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
      await db.change(inboxRows([effect], 'dead', triesAll, message))
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

function inboxRows(
  effects: readonly Effect[],
  status: 'done' | 'dead',
  tries: number,
  error: string | null = null,
): SQL {
  const rows = effects.map(
    ({ eventId, handler }) =>
      sql`(${eventId}, ${handler}, ${status}, ${tries}, ${error?.slice(0, 255) ?? null},
           ${momentFromNow()})`,
  )
  return sql`insert into effects (event_id, handler, status, attempts, error, created_at)
      values ${sql.join(rows, sql`,`)}`
}
