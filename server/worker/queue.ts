import { Queue } from 'bullmq'
import { Redis } from 'ioredis'
import { schemaOf } from '../redis.ts'

/** Tries of one effect, and the pause before the second; the next pause is twice as long. */
export const attemptsMax = 3
const backoffMs = 200

export const queueName = 'effects'

/** One effect of one event, as it lies in the queue. */
export interface EffectJob {
  eventId: string
  handler: string
  payload: object
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
