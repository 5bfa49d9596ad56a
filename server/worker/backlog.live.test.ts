import { afterAll, beforeAll, expect, setDefaultTimeout, spyOn, test } from 'bun:test'
import type { Queue } from 'bullmq'
import { sql } from 'drizzle-orm'
import type { Redis } from 'ioredis'
import { deleteKeys } from '../testing/effects-worker.ts'
import { describeLive, withWorld } from '../testing/fixtures.ts'
import { type LossyProxy, openLossyProxy } from '../testing/lossy-proxy.ts'
import { balance, card } from '../testing/shopping.ts'
import { readBacklog } from './backlog.ts'
import { type EffectJob, openQueue, redisConnection } from './queue.ts'

setDefaultTimeout(15_000)

const world = withWorld('backlog')
const prefix = `stampede-test-${process.pid}-backlog`
let proxy: LossyProxy
let producer: Redis
let queue: Queue<EffectJob>

describeLive('the backlog', ['TEST_DATABASE_URL', 'TEST_REDIS_URL'], () => {
  beforeAll(async () => {
    proxy = await openLossyProxy(Bun.env.TEST_REDIS_URL ?? '')
    producer = redisConnection(proxy.through(Bun.env.TEST_REDIS_URL ?? ''), 'producer')
    queue = openQueue(producer, prefix)
    await queue.waitUntilReady()
  })
  afterAll(async () => {
    await queue.close()
    producer.disconnect()
    proxy.stop()
    await deleteKeys(prefix)
  })

  test('counts sagas that recovery has tried too often', async () => {
    await world.killAt('payment.collecting', () => world.place('after', ['1x1'], { payment: card }))
    const read = () => readBacklog(world.others.connections, queue)
    expect(await read()).toMatchObject({ openSagas: { running: 1, undoing: 0 }, stuckSagas: 0 })
    await world.query(sql`update sagas set attempts = 10`)
    expect(await read()).toMatchObject({ openSagas: { running: 1 }, stuckSagas: 1 })
  })

  test('of the database is shown while Redis stands still, that of the queue is not', async () => {
    using _log = spyOn(console, 'error').mockImplementation(() => {})
    await world.place('after', ['2x1'], { payment: balance })
    proxy.freeze(true)
    const backlog = await readBacklog(world.others.connections, queue)
    proxy.freeze(false)
    expect(backlog).toMatchObject({ outboxPending: 1, queueJobs: undefined })
  })
})
