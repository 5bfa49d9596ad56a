import { sql } from 'drizzle-orm'
import type { Connections } from '../../../db/connections.ts'
import { isDuplicateKey } from '../../../db/failures.ts'
import { idList, momentFromNow } from '../../../db/statements.ts'
import { Problem } from '../../../errors.ts'
import type { IntakeTaken, OrderAsked } from '../admission.ts'

export const intakeStatuses = ['waiting', 'placed', 'refused'] as const

/** An intake as its buyer is shown it. */
export interface IntakeState {
  id: string
  status: (typeof intakeStatuses)[number]
  /** The order or the problem, once it has ended. */
  response: object | undefined
}

/** An intake that a worker has for the time of its lease. */
export interface ClaimedIntake {
  id: string
  key: string
  fingerprint: string
  userId: string
  payload: unknown
  /** Tries before this one. */
  attempts: number
  /** Since it was taken in. */
  waitedMs: number
}

/** Longer than a placement takes. Where it is not, the claim of the key decides, not the lease. */
const leaseMs = 30_000

/**
 * Writes an order down, to be placed later; it commits by itself.
 * in: key, fingerprint, request · out: the intake's id, and whether it was there already · closes:
 * two intakes of one key, by the key's unique index
 * @throws Problem `idempotency-key-reused`, `commit-unknown`
 */
export async function writeIntake(
  connections: Pick<Connections, 'insert' | 'rows'>,
  { key, fingerprint, userId, payload }: OrderAsked,
): Promise<IntakeTaken> {
  const now = momentFromNow()
  try {
    const id = await connections.insert(sql`
      insert into order_intakes
        (idempotency_key, fingerprint, user_id, request, status, attempts, due_at, created_at)
      values (${key}, ${fingerprint}, ${userId}, ${JSON.stringify(payload)}, 'waiting', 0,
              ${now}, ${now})`)
    return { id: String(id), isRepeat: false }
  } catch (error) {
    if (!isDuplicateKey(error, 'order_intakes_key')) throw error
  }
  const known = await findIntake(connections, { key, fingerprint })
  // Deleted as old between the two: it is as unknown as an interrupted request.
  if (!known) throw new Problem('request-in-progress')
  return known
}

/** The intake that a key has. @throws Problem `idempotency-key-reused` */
export async function findIntake(
  connections: Pick<Connections, 'rows'>,
  { key, fingerprint }: Pick<OrderAsked, 'key' | 'fingerprint'>,
): Promise<IntakeTaken | undefined> {
  const [row] = await connections.rows<{ id: string; fingerprint: string }>(
    sql`select id, fingerprint from order_intakes where idempotency_key = ${key}`,
  )
  if (!row) return undefined
  if (row.fingerprint !== fingerprint) throw new Problem('idempotency-key-reused')
  return { id: String(row.id), isRepeat: true }
}

/** @throws Problem `not-found` */
export async function readIntake(
  connections: Pick<Connections, 'rows'>,
  id: string,
): Promise<IntakeState> {
  const [row] = await connections.rows<{ status: IntakeState['status']; response: string | null }>(
    sql`select status, response_body as response from order_intakes where id = ${id}`,
  )
  if (!row) throw new Problem('not-found', { detail: `No intake ${id}` })
  const { status, response } = row
  return { id, status, response: response === null ? undefined : JSON.parse(response) }
}

/** How many wait, the first so many counted. */
export async function countWaiting(
  connections: Pick<Connections, 'rows'>,
  limit: number,
): Promise<number> {
  const [row] = await connections.rows<{ waiting: number }>(sql`select count(*) as waiting from
    (select 1 from order_intakes where status = 'waiting' limit ${limit}) counted`)
  return Number(row?.waiting ?? 0)
}

/** Whether any intake is due: a look without a lock, for a worker that has nothing to do. */
export async function isAnyDue(connections: Pick<Connections, 'rows'>): Promise<boolean> {
  const due = await connections.rows(sql`select 1 from order_intakes
    where status = 'waiting' and due_at <= ${momentFromNow()} limit 1`)
  return due.length > 0
}

interface DueRow extends Omit<ClaimedIntake, 'key' | 'payload' | 'waitedMs'> {
  idempotencyKey: string
  request: string
  waitedMicros: string
}

/**
 * Takes the intakes that are due, the longest due first, each with a lease.
 * in: how many at most · out: they, held until the lease ends · closes: two workers on one intake,
 * by its row lock, and workers who wait for each other, since a locked row is passed over; a worker
 * that dies leaves it due again when its lease ends
 */
export function claimIntakes(connections: Connections, limit: number): Promise<ClaimedIntake[]> {
  return connections.transaction(async (db) => {
    const rows = await db.rows<DueRow>(sql`
      select id, idempotency_key as idempotencyKey, fingerprint, user_id as userId, request,
             attempts,
             timestampdiff(microsecond, created_at, ${momentFromNow()}) as waitedMicros
      from order_intakes force index (order_intakes_due)
      where status = 'waiting' and due_at <= ${momentFromNow()}
      order by due_at limit ${limit} for update skip locked`)
    if (rows.length > 0) {
      db.later(sql`update order_intakes
        set attempts = attempts + 1, due_at = ${momentFromNow(leaseMs)}
        where id in (${idList(rows.map(({ id }) => String(id)))})`)
    }
    return rows.map(({ idempotencyKey, request, waitedMicros, ...row }) => ({
      ...row,
      key: idempotencyKey,
      id: String(row.id),
      userId: String(row.userId),
      payload: JSON.parse(request),
      waitedMs: Number(waitedMicros) / 1000,
    }))
  }, 'read committed')
}

/** Ends an intake, unless it has ended. */
export async function endIntake(
  connections: Pick<Connections, 'change'>,
  id: string,
  status: 'placed' | 'refused',
  response: object,
): Promise<boolean> {
  const ended = await connections.change(sql`
    update order_intakes set status = ${status}, response_body = ${JSON.stringify(response)},
      request = null, due_at = ${momentFromNow()}
    where id = ${id} and status = 'waiting'`)
  return ended === 1
}

/** Gives an intake back, to be tried again after so long. */
export async function putIntakeOff(
  connections: Pick<Connections, 'change'>,
  id: string,
  forMs: number,
): Promise<void> {
  await connections.change(sql`update order_intakes set due_at = ${momentFromNow(forMs)}
    where id = ${id} and status = 'waiting'`)
}
