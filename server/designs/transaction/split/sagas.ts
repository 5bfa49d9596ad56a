import { sql } from 'drizzle-orm'
import type { Connections, Database } from '../../../db/connections.ts'
import { isDuplicateKey } from '../../../db/failures.ts'
import { changeOne, listOf, momentFromNow, plain } from '../../../db/statements.ts'
import { Problem } from '../../../errors.ts'

/** No other process touches a saga for this long after it was begun, claimed or extended. */
const leaseMs = 10_000

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
  /** Parts of the state that the step has changed; all of it in sagas of older versions. */
  state: object
}

/** Thrown out of a step's transaction when another process has taken the saga over. */
export class LeaseLost extends Problem {
  constructor(cause?: unknown) {
    super('in-recovery', { cause })
  }
}

export type SagaDraft = Pick<Saga, 'kind' | 'idempotencyKey' | 'design' | 'state'>

/**
 * Writes a saga with the steps that its first transaction has done: the state is what they have
 * left. Both rows travel with what comes next.
 * @param begun gets the saga's id once it is written
 */
export function beginSaga(
  db: Database,
  draft: SagaDraft,
  done: readonly StepName[],
  begun: (sagaId: number) => void,
): void {
  const saga = sql`
    insert into sagas (kind, idempotency_key, status, design, state, attempts, lease_until)
    values (${draft.kind}, ${draft.idempotencyKey}, 'running', ${draft.design},
            ${JSON.stringify(draft.state)}, 0, ${momentFromNow(leaseMs)})`
  db.later(saga, { inserted: begun })
  if (done.length === 0) return
  const rows = done.map(
    ({ position, name }) => sql`(last_insert_id(), ${position}, ${name}, 'done', '{}')`,
  )
  db.later(sql`insert into saga_steps (saga_id, position, name, status, state)
      values ${sql.join(rows, sql`,`)}`)
}

/**
 * Records steps as done in their own transaction, or fences one; sent with what comes next.
 * in: saga, positions · out: nothing · closes: a slow executor committing a step that recovery has
 * run or fenced; the primary key (saga, position) lets one of them win, the other rolls back.
 */
export function recordSteps(db: Database, sagaId: number, steps: readonly NewStep[]): void {
  if (steps.length === 0) return
  const rows = steps.map(
    ({ position, name, status = 'done', changes = '{}' }) =>
      sql`(${sagaId}, ${position}, ${name}, ${status}, ${changes})`,
  )
  db.later(
    sql`insert into saga_steps (saga_id, position, name, status, state)
        values ${sql.join(rows, sql`,`)}`,
    { failure: (error) => (isDuplicateKey(error) ? new LeaseLost(error) : undefined) },
  )
}

interface StepName {
  position: number
  name: string
}

interface NewStep extends StepName {
  status?: 'done' | 'fenced'
  /** JSON of the parts of the state that it has changed; none = nothing. */
  changes?: string
}

/**
 * Records a step outside that recovery had fenced before it asked, and found done. Where another
 * recovery was faster, the transaction ends (LeaseLost).
 */
export function recordFenced(
  db: Database,
  sagaId: number,
  { position, changes = '{}' }: Pick<NewStep, 'position' | 'changes'>,
): void {
  const recorded = sql`
    update saga_steps set status = 'done', state = ${changes}
    where saga_id = ${sagaId} and position = ${position} and status = 'fenced'`
  changeOne(db, recorded, () => new LeaseLost())
}

/** Where the saga is not in the state it is to leave, the transaction ends (LeaseLost). */
export function moveSaga(db: Database, sagaId: number, from: SagaStatus, to: SagaStatus): void {
  const moved = sql`
    update sagas set status = ${to} where id = ${sagaId} and status = ${from}`
  changeOne(db, moved, () => new LeaseLost())
}

/** No executor can record the step at the position any more, and so none can go on after it. */
export async function fence(
  connections: Connections,
  sagaId: number,
  { position, name }: Pick<NewStep, 'position' | 'name'>,
): Promise<void> {
  await connections.transaction(async (db) =>
    recordSteps(db, sagaId, [{ position, name, status: 'fenced' }]),
  )
}

/**
 * Turns a running saga round, and fences the next position where it is not yet, so that no late
 * step can land. The saga's row is locked first, as by every step: they never wait in a circle.
 */
export async function turnRound(
  connections: Connections,
  sagaId: number,
  toFence?: Pick<NewStep, 'position' | 'name'>,
): Promise<void> {
  await connections.transaction(async (db) => {
    moveSaga(db, sagaId, 'running', 'undoing')
    recordSteps(db, sagaId, toFence ? [{ ...toFence, status: 'fenced' }] : [])
  })
}

/** The caller goes on with the saga, and needs the lease for as long again. */
export function extendLease(db: Database, sagaId: number): void {
  db.later(sql`
    update sagas set lease_until = ${momentFromNow(leaseMs)} where id = ${sagaId}`)
}

/** Of the executor's own clock: so long it goes on without a word about its lease. */
export const extendAfterMs = leaseMs / 4

/** Marks a done step as undone, in the transaction that undoes it: once. */
export function recordUndo(db: Database, sagaId: number, position: number): void {
  const undone = sql`update saga_steps set status = 'undone'
      where saga_id = ${sagaId} and position = ${position} and status = 'done'`
  changeOne(db, undone, () => new LeaseLost())
}

/** A saga in the hands of one process: each claim counts one try more, so the next has another. */
export type Held = Pick<Saga, 'id' | 'attempts'>

/**
 * Leases a claimed saga for as long again.
 * @returns false where its lease had run out and another process has it
 */
export async function claimOn(connections: Connections, { id, attempts }: Held): Promise<boolean> {
  const extended = await connections.change(sql`
    update sagas set lease_until = ${momentFromNow(leaseMs)}
    where id = ${id} and attempts = ${attempts} and status in ('running', 'undoing')`)
  return extended === 1
}

/** Lets recovery have the saga after `delayMs`, unless another process has it already. */
export async function releaseSaga(
  connections: Connections,
  { id, attempts }: Held,
  delayMs: number,
): Promise<void> {
  await connections.change(sql`update sagas set lease_until = ${momentFromNow(delayMs)}
      where id = ${id} and attempts = ${attempts} and status in ('running', 'undoing')`)
}

/** Lets recovery have sagas after `delayMs` that it has claimed and not tried. */
export async function putOff(
  connections: Connections,
  sagas: readonly Held[],
  delayMs: number,
): Promise<void> {
  if (sagas.length === 0) return
  const pairs = sagas.map(({ id, attempts }) => sql`(${id}, ${attempts})`)
  await connections.change(sql`
    update sagas force index (primary)
    set lease_until = ${momentFromNow(delayMs)}, attempts = attempts - 1
    where id in (${listOf(sagas.map(({ id }) => id))}) and status in ('running', 'undoing')
      and (id, attempts) in (${sql.join(pairs, sql`,`)})`)
}

/** Ids of open sagas whose lease ran out, the longest ago first. Locks nothing, claims nothing. */
export async function dueSagas(connections: Connections, limit: number): Promise<number[]> {
  const due = await connections.rows<{ id: string }>(sql`
    select id from sagas
    where status in ('running', 'undoing') and lease_until < ${momentFromNow()}
    order by lease_until, id limit ${limit}`)
  return due.map(({ id }) => Number(id))
}

/**
 * Leases a saga that is due to the caller.
 * in: its id · out: the saga, undefined where it is not due any more · closes: two recoveries
 * taking one saga, by an update that only one can do.
 */
export async function claimSaga(connections: Connections, id: number): Promise<Saga | undefined> {
  return await connections.use(async (db) => {
    const claimed = await db.change(sql`
      update sagas set lease_until = ${momentFromNow(leaseMs)}, attempts = attempts + 1
      where id = ${id} and status in ('running', 'undoing') and lease_until < ${momentFromNow()}`)
    if (claimed !== 1) return undefined
    const [saga] = await db.rows<Saga>(sql`
      select kind, idempotency_key as idempotencyKey, status, design, state, attempts
      from sagas where id = ${id}`)
    return saga && { ...saga, id, state: plain(saga.state) }
  })
}

export async function stepsOf(connections: Connections, sagaId: number): Promise<StepRecord[]> {
  const rows = await connections.rows<StepRecord>(sql`select position, status, state from saga_steps
        where saga_id = ${sagaId} order by position`)
  return rows.map((row) => ({ ...row, state: plain(row.state) }))
}
