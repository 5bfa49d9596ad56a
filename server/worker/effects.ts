import { type Job, UnrecoverableError, Worker } from 'bullmq'
import type { Redis } from 'ioredis'
import {
  applyEffect,
  attemptsMax,
  buryEffect,
  type EffectCounts,
  type EffectParts,
  NoSuchHandler,
} from '../designs/effects/apply.ts'
import type { Effect } from '../designs/effects/handlers.ts'
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
  const tries = job.data.triesBefore + job.attemptsMade + 1
  // Only a job that somebody has had before can be settled already.
  const isRepeat = tries > 1 || job.stalledCounter > 0 || job.data.isLate
  const outcome = await tryEffect(parts, job.data, { tries, isRepeat }, counts, took)
  if (outcome === 'again') throw new Error(`${job.data.handler} failed, try ${tries}`)
  if (outcome === 'dead') throw new UnrecoverableError(`${job.data.handler} failed, try ${tries}`)
}

/**
 * Makes one try of an effect, and buries it after the last.
 * @returns `again` where it failed and is to be tried again
 * @throws what kept it from being buried
 */
export async function tryEffect(
  parts: EffectParts,
  effect: Effect,
  { tries, isRepeat }: { tries: number; isRepeat: boolean },
  counts: EffectCounts,
  took: Took,
): Promise<'done' | 'again' | 'dead'> {
  const startedMs = performance.now()
  try {
    await applyEffect(parts, effect, tries, isRepeat)
    counts.done += 1
    return 'done'
  } catch (error) {
    if (error instanceof NoSuchHandler) return 'dead'
    if (tries < attemptsMax) {
      counts.retried += 1
      return 'again'
    }
    const message = error instanceof Error ? error.message : String(error)
    await buryEffect(parts.connections, effect, tries, message)
    counts.dead += 1
    return 'dead'
  } finally {
    took(effect.handler, performance.now() - startedMs)
  }
}
