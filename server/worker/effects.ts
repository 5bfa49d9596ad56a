import { type Job, UnrecoverableError, Worker } from 'bullmq'
import type { Redis } from 'ioredis'
import { type Chaos, noChaos } from '../ctx.ts'
import {
  applyEffect,
  attemptsMax,
  buryEffect,
  type EffectCounts,
  type EffectServices,
  NoSuchHandler,
  type TryFacts,
} from '../designs/effects/apply.ts'
import { described, log } from '../log.ts'
import { type EffectJob, queueName } from './queue.ts'

const concurrency = 8
/** A worker that was killed loses its jobs to others after this long. */
const lockMs = 5000

/** Receives the effects' times, milliseconds. */
export interface EffectMeter {
  /** Of every try, whether it succeeds or not. */
  took(handler: string, durationMs: number): void
  /** From the writing of the event, just before its commit, until its effect is committed. */
  lagged(handler: string, lagMs: number): void
}

export const silentEffectMeter: EffectMeter = { took: () => {}, lagged: () => {} }

/** What the tries of one process have in common. */
export interface EffectTries {
  services: EffectServices
  counts: EffectCounts
  meter: EffectMeter
  /** No chaos when absent. */
  chaos?: Chaos
}

/** A fault made the try fail. */
export class InjectedFailure extends Error {
  override name = 'InjectedFailure'
}

/** Starts the queue worker: after three failed tries an effect is dead and an alert goes out. */
export function startEffects(tries: EffectTries, connection: Redis, prefix: string) {
  const worker = new Worker<EffectJob>(queueName, (job) => attempt(tries, job), {
    connection,
    prefix,
    concurrency,
    lockDuration: lockMs,
    stalledInterval: lockMs,
    maxStalledCount: 10,
  })
  worker.on('error', (error) => log(`effects: ${error.message}`))
  return worker
}

async function attempt(tries: EffectTries, job: Job<EffectJob>): Promise<void> {
  const number = job.data.triesBefore + job.attemptsMade + 1
  // Only a job that was tried before can be settled already.
  const isRepeat = number > 1 || job.stalledCounter > 0 || job.data.isLate
  const outcome = await tryEffect(tries, job.data, number, { isRepeat })
  if (outcome === 'again') throw new Error(`${job.data.handler} failed, try ${number}`)
  if (outcome === 'dead') throw new UnrecoverableError(`${job.data.handler} failed, try ${number}`)
}

/** Makes a try that has succeeded once more: its receiver and its row are to drop it. */
export async function repeat(
  services: EffectServices,
  effect: EffectJob,
  number: number,
): Promise<void> {
  // What becomes of the second says nothing about the first.
  await applyEffect(services, effect, number, { isRepeat: false }).catch((error: unknown) =>
    log(`effects: a repeat of ${effect.handler} failed: ${described(error)}`),
  )
}

/**
 * Makes one try of an effect, and buries it after the last.
 * @param number of the try, from 1
 * @returns `again` where it failed and is to be tried again
 * @throws what kept it from being buried
 */
export async function tryEffect(
  { services, counts, meter, chaos = noChaos }: EffectTries,
  effect: EffectJob,
  number: number,
  facts: TryFacts,
): Promise<'done' | 'again' | 'dead'> {
  const startedMs = performance.now()
  try {
    const attempt = { eventId: effect.eventId, handler: effect.handler, attempt: number }
    if (chaos.effectFails(attempt)) throw new InjectedFailure('a fault')
    await applyEffect(services, effect, number, facts)
    if (chaos.effectRepeats(attempt)) await repeat(services, effect, number)
    counts.done += 1
    meter.lagged(effect.handler, Date.now() - effect.writtenAtMs)
    return 'done'
  } catch (error) {
    if (error instanceof NoSuchHandler) return 'dead'
    if (number < attemptsMax) {
      counts.retried += 1
      return 'again'
    }
    const message = described(error)
    await buryEffect(services.connections, effect, number, message)
    counts.dead += 1
    return 'dead'
  } finally {
    meter.took(effect.handler, performance.now() - startedMs)
  }
}
