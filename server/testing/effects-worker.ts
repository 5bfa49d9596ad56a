import { sql } from 'drizzle-orm'
import { Redis } from 'ioredis'
import { type OpenWork, openWorkIn, openWorkOfEvents } from '../../audit/open-work.ts'
import { type Chaos, noChaos } from '../ctx.ts'
import type { EffectCounts } from '../designs/effects/apply.ts'
import { silentEffectMeter, startEffects } from '../worker/effects.ts'
import { createHandOver } from '../worker/hand-over.ts'
import { openQueue, redisConnection } from '../worker/queue.ts'
import { relay } from '../worker/relay.ts'
import { eventually } from './barrier.ts'
import type { World } from './fixtures.ts'

/** Events that are not relayed, or lack an effect that is done or dead; empty = all is settled. */
export const openEvents = async (world: Pick<World, 'query'>): Promise<string[]> =>
  openWorkIn(await world.query<OpenWork>(sql.raw(openWorkOfEvents)))

export type EffectsWorker = Awaited<ReturnType<typeof openEffectsWorker>>

/** The worker's relay and queue in this process, on a Redis prefix of their own. */
export async function openEffectsWorker(
  world: World,
  slackWebhookUrl: string | undefined,
  chaos: Chaos = noChaos,
) {
  const url = Bun.env.TEST_REDIS_URL ?? ''
  const prefix = `stampede-test-${process.pid}-${crypto.randomUUID().slice(0, 8)}`
  const producer = redisConnection(url, 'producer')
  const consumer = redisConnection(url, 'worker')
  const queue = openQueue(producer, prefix)
  const counts: EffectCounts = { done: 0, retried: 0, dead: 0 }
  const { connections, partners } = world.others
  const services = { connections, partners, slackWebhookUrl }
  const tries = { services, counts, meter: silentEffectMeter, chaos }
  const worker = startEffects(tries, consumer, prefix)
  const handOver = createHandOver(tries, queue)
  await Promise.all([queue.waitUntilReady(), worker.waitUntilReady()])
  return {
    counts,
    /** One turn of the relay. */
    relay: () => relay(connections, handOver),
    /** Lets first tries under way end. */
    drain: () => handOver.drain(),
    /** Relays until every event has all its effects, done or dead, alerts included. */
    async settle() {
      await eventually('all effects are settled', async () => {
        await Promise.all(
          [world.options, world.otherOptions].map((options) => options.settle('effects')),
        )
        await relay(connections, handOver)
        return (await openEvents(world)).length === 0
      })
      // A second try of what is done may still be under way, into the next test's empty tables.
      await handOver.drain()
    },
    async close() {
      await handOver.drain()
      await worker.close()
      await queue.close()
      producer.disconnect()
      consumer.disconnect()
      await deleteKeys(prefix)
    },
  }
}

/**
 * Deletes what lies under a prefix in Redis.
 * @param isDue which of the keys
 */
export async function deleteKeys(
  prefix: string,
  isDue: (redis: Redis, key: string) => Promise<boolean> = async () => true,
): Promise<void> {
  const redis = new Redis(Bun.env.TEST_REDIS_URL ?? '')
  for (const key of await redis.keys(`${prefix}:*`)) {
    if (await isDue(redis, key)) await redis.del(key)
  }
  redis.disconnect()
}
