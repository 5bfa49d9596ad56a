import { Queue } from 'bullmq'
import { Redis } from 'ioredis'
import { attemptsMax } from '../designs/effects/apply.ts'
import type { Effect } from '../designs/effects/handlers.ts'
import { schemaOf } from '../redis.ts'

/** Pause before the second try of an effect; the next pause is twice as long. */
const backoffMs = 200

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
  const redis = new Redis(url, {
    maxRetriesPerRequest: role === 'worker' ? null : 1,
    enableOfflineQueue: role === 'worker',
    connectTimeout: 2000,
  })
  redis.on('error', (error) => console.error(`redis (${role}):`, error.message))
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
  queue.on('error', (error) => console.error('queue:', error.message))
  return queue
}

/**
 * Calls `wake` for every message on a channel. A message that is lost costs its hearer one poll.
 * @param connection of the role `worker`, used for nothing else
 */
export function wakeOnMessage(connection: Redis, channel: string, wake: () => void): Redis {
  connection.on('message', wake)
  connection.subscribe(channel).catch((error: unknown) => {
    console.error(`redis (${channel}):`, error instanceof Error ? error.message : error)
  })
  return connection
}
