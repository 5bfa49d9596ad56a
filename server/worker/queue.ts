import { Queue } from 'bullmq'
import { Redis } from 'ioredis'
import { attemptsMax } from '../designs/effects/apply.ts'
import type { Effect } from '../designs/effects/handlers.ts'
import { log, logError } from '../log.ts'
import { schemaOf } from '../redis.ts'

/** Pause before the second try of an effect; the next pause is twice as long. */
const backoffMs = 200

/** A command of a producer that has no answer by then has failed: the relay waits for it. */
const commandMsMax = 2000
/** A worker's connection is replaced after so long without a word; it asks for jobs each 5 s. */
const silenceMsMax = 20_000

export const queueName = 'effects'

/** One effect of one event, as it lies in the queue. */
export interface EffectJob extends Effect {
  /** Its event was written long before it was relayed: it may have been relayed before. */
  isLate: boolean
  /** When its event was written, epoch ms: just before its transaction committed. */
  writtenAtMs: number
  /** Tries before it came into the queue: 0 or 1. */
  triesBefore: number
}

/**
 * The job of an effect. Its id lets the queue drop what it already has; what has failed before
 * begins with the pause of a second try.
 */
export function asQueued(data: EffectJob) {
  const { eventId, handler, triesBefore } = data
  const jobId = `${eventId}-${handler}`
  const again = { attempts: attemptsMax - triesBefore, delay: backoffMs }
  return { name: handler, data, opts: triesBefore > 0 ? { jobId, ...again } : { jobId } }
}

/**
 * A connection for BullMQ. Producers fail fast; a worker's connection waits for Redis to return.
 * @param url redis://host:port[/db]
 */
export function redisConnection(url: string, role: 'producer' | 'worker'): Redis {
  // A worker's commands wait for jobs, so that only silence beyond that is an end.
  const waits =
    role === 'worker'
      ? { maxRetriesPerRequest: null, enableOfflineQueue: true, socketTimeout: silenceMsMax }
      : { maxRetriesPerRequest: 1, enableOfflineQueue: false, commandTimeout: commandMsMax }
  const redis = new Redis(url, { ...waits, connectTimeout: 2000 })
  redis.on('error', (error) => log(`redis (${role}): ${error.message}`))
  return redis
}

/** Jobs lie under the name of their schema: shops that share one Redis never meet. */
export const queuePrefixOf = schemaOf

/** @param prefix as of `queuePrefixOf` */
export function openQueue(connection: Redis, prefix: string): Queue<EffectJob> {
  const queue = new Queue<EffectJob>(queueName, {
    connection,
    prefix,
    defaultJobOptions: {
      attempts: attemptsMax,
      backoff: { type: 'exponential', delay: backoffMs },
      removeOnComplete: true,
      removeOnFail: true,
    },
  })
  queue.on('error', (error) => log(`queue: ${error.message}`))
  return queue
}

/**
 * Calls `wake` for every message on a channel. A message that is lost costs its hearer one poll.
 * @param connection of the role `worker`, used for nothing else
 */
export function wakeOnMessage(connection: Redis, channel: string, wake: () => void): Redis {
  connection.on('message', wake)
  connection.subscribe(channel).catch((error: unknown) => {
    logError(`redis (${channel})`, error)
  })
  return connection
}
