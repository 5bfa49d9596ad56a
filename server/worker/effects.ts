import { type Job, UnrecoverableError, Worker } from 'bullmq'
import type { Redis } from 'ioredis'
import {
  applyEffect,
  buryEffect,
  type EffectCounts,
  type EffectParts,
  NoSuchHandler,
} from '../designs/effects/apply.ts'
import { type EffectJob, queueName } from './queue.ts'

const concurrency = 8
/** A worker that was killed loses its jobs to others after this long. */
const lockMs = 5000

/** Told of every try of a handler, whether it succeeds or not. */
export type Took = (handler: string, durationMs: number) => void

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
  // Only a job that somebody has had before can be settled already.
  const isRepeat = tries > 1 || job.stalledCounter > 0 || job.data.isLate
  try {
    await applyEffect(parts, job.data, tries, isRepeat)
    counts.done += 1
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    if (error instanceof NoSuchHandler) throw new UnrecoverableError(message)
    if (tries < (job.opts.attempts ?? 1)) {
      counts.retried += 1
      throw error
    }
    await buryEffect(parts.connections, job.data, tries, message)
    counts.dead += 1
    throw new UnrecoverableError(message)
  } finally {
    took(job.data.handler, performance.now() - startedMs)
  }
}
