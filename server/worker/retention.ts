import { sql } from 'drizzle-orm'
import type { Connections } from '../db/connections.ts'
import { listOf, momentFromNow } from '../db/statements.ts'

const batch = 500
/** Of tables that are gone through, as nothing says where their old rows are. */
const walkedBatch = 5000
const dayMs = 24 * 3600 * 1000

/** One turn of deleting what is old. @returns whether there may be more */
export type Prune = () => Promise<boolean>

interface KeyedTable extends Record<string, string> {
  table: string
  key: string
}

const keys = { table: 'idempotency_keys', key: 'idempotency_key' }
const sagas = { table: 'sagas', key: 'id' }
const sagaSteps = { table: 'saga_steps', key: 'saga_id' }
const outbox = { table: 'outbox', key: 'id' }
const effects = { table: 'effects', key: 'event_id' }
const intakes = { table: 'order_intakes', key: 'id' }
const dispatches = { table: 'dispatches', key: 'order_id' }

/** Rows that are deleted some time after they have served. */
export interface Retention {
  /** Whose rows are deleted, by which key; the table that the rest hangs on comes last. */
  tables: readonly KeyedTable[]
  keptDays: number
  open(connections: Connections, keptMs: number): Prune
}

/**
 * What the worker deletes, a batch a turn. Each looks without locking, along an index, and deletes
 * by the primary key: what is being written is never waited for. What records the sale
 * (orders, payments, balances, what was sold) is not deleted by it.
 */
export const retentions: readonly Retention[] = [
  // A day is what the reference of the idempotency header promises.
  { tables: [keys], keptDays: 1, open: pruneKeys },
  // As long as its key is stored.
  { tables: [intakes], keptDays: 1, open: pruneIntakes },
  { tables: [sagaSteps, sagas], keptDays: 7, open: pruneSagas },
  { tables: [effects, outbox], keptDays: 7, open: pruneEvents },
  { tables: [effects], keptDays: 7, open: pruneLoneEffects },
  { tables: [dispatches], keptDays: 7, open: pruneDispatches },
]

/** Of its loop. */
export const nameOf = ({ tables }: Retention): string =>
  `prune ${tables.map(({ table }) => table).join(', ')}`

/** The turn of one retention, with its own time or another. */
export const openRetention = (
  { open, keptDays }: Retention,
  connections: Connections,
  keptMs = keptDays * dayMs,
): Prune => open(connections, keptMs)

function pruneKeys(connections: Connections, keptMs: number): Prune {
  return async () => {
    const old = await connections.rows<{ name: string }>(sql`
      select idempotency_key as name from idempotency_keys
      where created_at < ${momentFromNow(-keptMs)} order by created_at limit ${batch}`)
    const names = old.map(({ name }) => name)
    await remove(connections, keys, names)
    return old.length === batch
  }
}

/** One that has ended is due at its end. */
function pruneIntakes(connections: Connections, keptMs: number): Prune {
  return async () => {
    const [placed, refused] = await Promise.all(
      ['placed', 'refused'].map((status) =>
        connections.rows<{ id: string }>(sql`
          select id from order_intakes
          where status = ${status} and due_at < ${momentFromNow(-keptMs)}
          order by due_at limit ${batch}`),
      ),
    )
    const ids = [...(placed ?? []), ...(refused ?? [])].map(({ id }) => String(id))
    await remove(connections, intakes, ids)
    return placed?.length === batch || refused?.length === batch
  }
}

/** The lease of a saga that has ended is from its last minute. */
function pruneSagas(connections: Connections, keptMs: number): Prune {
  return async () => {
    const [done, undone] = await Promise.all(
      ['done', 'undone'].map((status) =>
        connections.rows<{ id: string }>(sql`
          select id from sagas
          where status = ${status} and lease_until < ${momentFromNow(-keptMs)}
          order by lease_until limit ${batch}`),
      ),
    )
    const ids = [...(done ?? []), ...(undone ?? [])].map(({ id }) => id)
    await remove(connections, sagaSteps, ids)
    await remove(connections, sagas, ids)
    return done?.length === batch || undone?.length === batch
  }
}

/** The event goes last: where the process dies before, its effects are not applied again. */
function pruneEvents(connections: Connections, keptMs: number): Prune {
  return async () => {
    const old = await connections.rows<{ id: string; eventId: string }>(sql`
      select id, event_id as eventId from outbox
      where settled_at < ${momentFromNow(-keptMs)} order by settled_at limit ${batch}`)
    const eventIds = old.map(({ eventId }) => eventId)
    await remove(connections, effects, eventIds)
    const ids = old.map(({ id }) => id)
    await remove(connections, outbox, ids)
    return old.length === batch
  }
}

interface EffectRow {
  eventId: string
  handler: string
  isOld: number
}

/** Of events that were never written down. They have no index on time, and so it walks. */
function pruneLoneEffects(connections: Connections, keptMs: number): Prune {
  return walk<EffectRow>(
    async (last) =>
      await connections.rows<EffectRow>(sql`
        select event_id as eventId, handler, created_at < ${momentFromNow(-keptMs)}
               and not exists (select 1 from outbox where outbox.event_id = effects.event_id)
               as isOld
        from effects where event_id > ${last?.eventId ?? ''}
        order by event_id limit ${walkedBatch}`),
    async (rows) => {
      const eventIds = [...new Set(rows.map(({ eventId }) => eventId))]
      await remove(connections, effects, eventIds)
    },
  )
}

interface DispatchRow {
  orderId: string
  isOld: number
}

function pruneDispatches(connections: Connections, keptMs: number): Prune {
  return walk<DispatchRow>(
    async (last) =>
      await connections.rows<DispatchRow>(sql`
        select order_id as orderId,
               status = 'done' and taken_at < ${momentFromNow(-keptMs)} as isOld
        from dispatches where order_id > ${last?.orderId ?? '0'}
        order by order_id limit ${walkedBatch}`),
    async (rows) => {
      const ids = rows.map(({ orderId }) => orderId)
      await remove(connections, dispatches, ids)
    },
  )
}

/** Goes along the primary key, a batch a turn, and begins again at the end. */
function walk<Row extends { isOld: number }>(
  next: (last: Row | undefined) => Promise<Row[]>,
  removeRows: (rows: readonly Row[]) => Promise<void>,
): Prune {
  let last: Row | undefined
  return async () => {
    const rows = await next(last)
    last = rows.length === walkedBatch ? rows.at(-1) : undefined
    const old = rows.filter(({ isOld }) => Number(isOld) === 1)
    if (old.length > 0) await removeRows(old)
    return old.length > 0 && last !== undefined
  }
}

async function remove(
  connections: Connections,
  names: KeyedTable,
  values: readonly string[],
): Promise<void> {
  const [table, key] = [sql.identifier(names.table), sql.identifier(names.key)]
  for (let begin = 0; begin < values.length; begin += batch) {
    const some = listOf(values.slice(begin, begin + batch))
    // In this form a DELETE takes the hint. A scan, which a small table gets otherwise, locks all.
    await connections.change(sql`
      delete ${table} from ${table} force index (primary) where ${key} in (${some})`)
  }
}
