import { type Job, UnrecoverableError, Worker } from 'bullmq'
import { sql } from 'drizzle-orm'
import type { Redis } from 'ioredis'
import type { Connections, Database } from '../db/connections.ts'
import { isDuplicateKey } from '../db/failures.ts'
import { changed, rowsOf } from '../db/statements.ts'
import { type HandlerParts, handlers } from './handlers.ts'
import { type EffectJob, queueName } from './queue.ts'

const concurrency = 8
/** A worker that was killed loses its jobs to others after this long. */
const lockMs = 5000

export interface EffectCounts {
  done: number
  retried: number
  dead: number
}

/** Told of every try of a handler, whether it succeeds or not. */
export type Took = (handler: string, durationMs: number) => void

export interface EffectParts extends HandlerParts {
  connections: Connections
}

/** Starts the queue worker: after three failed tries an effect is dead and an alert goes out. */
export function startEffects(
  parts: EffectParts,
  connection: Redis,
  prefix: string,
  counts: EffectCounts,
  took: Took = () => {},
): Worker<EffectJob> {
  const worker = new Worker<EffectJob>(queueName, (job) => attempt(parts, job, counts, took), {
    connection,
    prefix,
    concurrency,
    lockDuration: lockMs,
    stalledInterval: lockMs,
    maxStalledCount: 10,
  })
  worker.on('error', (error) => console.error('effects:', error.message))
  return worker
}

async function attempt(
  parts: EffectParts,
  job: Job<EffectJob>,
  counts: EffectCounts,
  took: Took,
): Promise<void> {
  const tries = job.attemptsMade + 1
  const startedMs = performance.now()
  try {
    await apply(parts, job, tries)
    counts.done += 1
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    if (tries < (job.opts.attempts ?? 1)) {
      counts.retried += 1
      throw error
    }
    await bury(parts.connections, job.data, tries, message)
    counts.dead += 1
    throw new UnrecoverableError(message)
  } finally {
    took(job.data.handler, performance.now() - startedMs)
  }
}

/**
 * Applies one effect once.
 * in: event, handler · out: its inbox row · closes: the same job run twice, since the inbox row's
 * primary key lets one transaction win; partners outside drop a repeated event id themselves.
 */
async function apply(parts: EffectParts, job: Job<EffectJob>, tries: number): Promise<void> {
  const { connections } = parts
  const { data } = job
  const handler = Object.hasOwn(handlers, data.handler) ? handlers[data.handler] : undefined
  if (!handler) throw new UnrecoverableError(`no handler ${data.handler}`)
  const { inside, outside } = handler
  // Only a job that somebody has had before can be settled already.
  const isRepeat = tries > 1 || job.stalledCounter > 0
  if (isRepeat && (await isSettled(connections, data))) return
  await outside?.(parts, data.eventId, data.payload)
  try {
    if (!inside) return await connections.use((db) => writeInbox(db, data, 'done', tries))
    await connections.transaction(async (db) => {
      await writeInbox(db, data, 'done', tries)
      await inside(db, data.payload)
    })
  } catch (error) {
    if (!isDuplicateKey(error)) throw error
  }
}

async function isSettled(
  connections: Connections,
  { eventId, handler }: EffectJob,
): Promise<boolean> {
  const rows = await connections.use((db) =>
    rowsOf(
      db,
      sql`select status from effects where event_id = ${eventId} and handler = ${handler}`,
    ),
  )
  return rows.length > 0
}

/** Marks an effect as dead and raises its alert in one transaction: an event like any other. */
async function bury(
  connections: Connections,
  job: EffectJob,
  tries: number,
  message: string,
): Promise<void> {
  const { eventId, handler } = job
  try {
    await connections.transaction(async (db) => {
      await writeInbox(db, job, 'dead', tries, message)
      if (handler === 'slack') return
      const text = `${handler} of ${eventId} failed ${tries} times: ${message}`
      await changed(
        db,
        sql`insert into outbox (event_id, type, payload, created_at)
            values (${`alert-${eventId}-${handler}`}, 'alert.dead-letter',
                    ${JSON.stringify({ type: 'alert.dead-letter', text })}, ${new Date()})`,
      )
    })
  } catch (error) {
    if (!isDuplicateKey(error)) throw error
  }
}

async function writeInbox(
  db: Database,
  { eventId, handler }: EffectJob,
  status: 'done' | 'dead',
  tries: number,
  error: string | null = null,
): Promise<void> {
  await changed(
    db,
    sql`insert into effects (event_id, handler, status, attempts, error, created_at)
        values (${eventId}, ${handler}, ${status}, ${tries}, ${error?.slice(0, 255) ?? null},
                ${new Date()})`,
  )
}
