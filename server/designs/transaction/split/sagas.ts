import { sql } from 'drizzle-orm'
import type { Connections, Database } from '../../../db/connections.ts'
import { isDuplicateKey } from '../../../db/failures.ts'
import { plain } from '../../../db/statements.ts'
import { Problem } from '../../../errors.ts'

/** No other process touches a saga for this long after it was begun or claimed. */
export const leaseMs = 10_000

export type SagaStatus = 'running' | 'undoing' | 'done' | 'undone'

export interface Saga {
  id: number
  kind: string
  idempotencyKey: string
  status: SagaStatus
  design: string
  state: object
  attempts: number
}

export interface StepRecord {
  position: number
  status: 'done' | 'undone' | 'fenced'
  state: object
}

/** Thrown out of a step's transaction when another process has taken the saga over. */
export class LeaseLost extends Problem {
  constructor(cause?: unknown) {
    super('in-recovery', { cause })
  }
}

export type SagaDraft = Pick<Saga, 'kind' | 'idempotencyKey' | 'design' | 'state'>

/** Writes the saga row, in the transaction of the first step. */
export function beginSaga(db: Database, draft: SagaDraft): Promise<number> {
  const leaseUntil = new Date(Date.now() + leaseMs)
  return db.insert(sql`
    insert into sagas (kind, idempotency_key, status, design, state, attempts, lease_until)
    values (${draft.kind}, ${draft.idempotencyKey}, 'running', ${draft.design},
            ${JSON.stringify(draft.state)}, 0, ${leaseUntil})`)
}

/**
 * Records a step as done in the step's own transaction, or fences it.
 * in: saga, position · out: nothing · closes: a slow executor committing a step that recovery has
 * run or fenced; the primary key (saga, position) lets one of them win, the other rolls back.
 */
export async function recordStep(
  db: Database,
  sagaId: number,
  { position, name, status = 'done', state }: NewStep,
): Promise<void> {
  try {
    await db.change(sql`insert into saga_steps (saga_id, position, name, status, state)
        values (${sagaId}, ${position}, ${name}, ${status}, ${JSON.stringify(state)})`)
  } catch (error) {
    if (isDuplicateKey(error)) throw new LeaseLost(error)
    throw error
  }
}

interface NewStep {
  position: number
  name: string
  status?: 'done' | 'fenced'
  state: object
}

/** @throws LeaseLost when the saga is not in the state it is to leave */
export async function moveSaga(
  db: Database,
  sagaId: number,
  from: SagaStatus,
  to: SagaStatus,
): Promise<void> {
  const moved = await db.change(sql`
    update sagas set status = ${to} where id = ${sagaId} and status = ${from}`)
  if (moved !== 1) throw new LeaseLost()
}

/** Turns a running saga round: the next position is fenced, so that no late step can land. */
export async function turnRound(
  connections: Connections,
  sagaId: number,
  position: number,
  name: string,
): Promise<void> {
  await connections.transaction(async (db) => {
    await recordStep(db, sagaId, { position, name, status: 'fenced', state: {} })
    await moveSaga(db, sagaId, 'running', 'undoing')
  })
}

/** Marks a done step as undone, in the transaction that undoes it: once. */
export async function recordUndo(db: Database, sagaId: number, position: number): Promise<void> {
  const undone = await db.change(sql`update saga_steps set status = 'undone'
      where saga_id = ${sagaId} and position = ${position} and status = 'done'`)
  if (undone !== 1) throw new LeaseLost()
}

/** Lets recovery have the saga after `delayMs`. */
export async function releaseSaga(
  connections: Connections,
  sagaId: number,
  delayMs: number,
): Promise<void> {
  const leaseUntil = new Date(Date.now() + delayMs)
  await connections.change(sql`update sagas set lease_until = ${leaseUntil} where id = ${sagaId}`)
}

/**
 * Unfinished sagas whose lease ran out, oldest first, now leased to the caller.
 * in: how many · out: the sagas won · closes: two recoveries taking one saga, by an update that
 * only one can do. The search locks nothing, so that new sagas never wait for it.
 */
export async function claimStale(connections: Connections, limit: number): Promise<Saga[]> {
  const now = new Date()
  const leaseUntil = new Date(now.getTime() + leaseMs)
  return await connections.use(async (db) => {
    const stale = await db.rows<Saga>(sql`
      select id, kind, idempotency_key as idempotencyKey, status, design, state, attempts
      from sagas where status in ('running', 'undoing') and lease_until < ${now}
      order by id limit ${limit}`)
    const won: Saga[] = []
    for (const saga of stale) {
      const claimed = await db.change(sql`
        update sagas set lease_until = ${leaseUntil}, attempts = attempts + 1
        where id = ${saga.id} and status = ${saga.status} and lease_until < ${now}`)
      if (claimed === 1) won.push({ ...saga, id: Number(saga.id), state: plain(saga.state) })
    }
    return won
  })
}

export async function stepsOf(connections: Connections, sagaId: number): Promise<StepRecord[]> {
  const rows = await connections.rows<StepRecord>(sql`select position, status, state from saga_steps
        where saga_id = ${sagaId} order by position`)
  return rows.map((row) => ({ ...row, state: plain(row.state) }))
}
