import { afterAll, beforeAll, expect, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import { ActiveFaults } from '../../chaos/active-faults.ts'
import { FaultList } from '../../chaos/fault-list.ts'
import { type EffectsWorker, openEffectsWorker } from '../testing/effects-worker.ts'
import { describeLive, withWorld } from '../testing/fixtures.ts'
import { balance } from '../testing/shopping.ts'
import { listDead, replayEffect } from './replay.ts'

describeLive('faults of side effects', ['TEST_DATABASE_URL', 'TEST_REDIS_URL'], () => {
  const world = withWorld('effect-faults')
  const active = new ActiveFaults({ kind: 'worker' })
  const asked = new FaultList(undefined, () => active.adopt(asked.snapshot()))
  let worker: EffectsWorker
  beforeAll(async () => {
    worker = await openEffectsWorker(world, undefined, active)
  })
  afterAll(() => worker.close())

  const buy = () => world.place('after', ['1x1'], { payment: balance })

  test('delivered-twice: partners get each event twice, and it is done once', async () => {
    asked.put('delivered-twice', {})
    await buy()
    await buy()
    await worker.settle()
    asked.reset()
    expect(active.tallies()['delivered-twice']?.injected).toBe(6)
    expect(world.bank.partners.list().map(({ count }) => count)).toEqual([2, 2, 2, 2])
    expect(await world.soldOf()).toBe(2)
    expect(await world.query(sql`select distinct attempts from effects`)).toEqual([{ attempts: 1 }])
    expect(await world.audit()).toEqual([])
  }, 30_000)

  test('poison-event: it is dead with an alert, and delivered by a replay later', async () => {
    asked.put('poison-event', { handler: 'messages', oneOf: 1 })
    await buy()
    await worker.settle()
    const { connections } = world.others
    const dead = await listDead(connections)
    expect(dead).toMatchObject([{ handler: 'messages', attempts: 3 }])
    expect(active.tallies()['poison-event']?.injected).toBe(3)
    expect(
      await world.query(sql`select 1 from outbox where type = 'alert.dead-letter'`),
    ).toHaveLength(1)
    expect(await world.audit()).toEqual([])
    asked.reset()
    for (const effect of dead) expect(await replayEffect(connections, effect)).toBe(true)
    await worker.settle()
    expect(await listDead(connections)).toEqual([])
    expect(await world.audit()).toEqual([])
  }, 30_000)
})
