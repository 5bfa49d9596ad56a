import { afterAll, beforeAll, describe, expect, spyOn, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import { parseDesign } from '../designs/design.ts'
import { wakeChannelOf } from '../designs/effects/outbox/relay-notifier.ts'
import { OpenedOptions } from '../designs/opened-options.ts'
import type { PlaceOrder } from '../flows/place-order.ts'
import { schemaOf } from '../redis.ts'
import { eventually } from '../testing/barrier.ts'
import { type EffectsWorker, openEffectsWorker } from '../testing/effects-worker.ts'
import { describeLive, withWorld } from '../testing/fixtures.ts'
import { badCard, balance, outcomeOf } from '../testing/shopping.ts'
import { expireOrders, pruneKeys } from './expiry.ts'
import { redisConnection, wakeOnMessage } from './queue.ts'
import { createOverdueSweep } from './relay.ts'

const world = withWorld('worker')
let worker: EffectsWorker

const place = (payment?: PlaceOrder['payment']) => world.place('after', ['2x1'], { payment })
const buy = () => place(balance)

const relayedLongAgo = () => world.query(sql`update outbox set relayed_at = '2001-01-01'`)

describeLive('worker', ['TEST_DATABASE_URL', 'TEST_REDIS_URL'], () => {
  beforeAll(async () => {
    worker = await openEffectsWorker(world, undefined)
  })
  afterAll(() => worker.close())

  describe('the relay', () => {
    test('has nothing to do twice', async () => {
      await buy()
      expect([await worker.relay(), await worker.relay()]).toEqual([true, false])
      await worker.settle()
    })

    test('does not wait for events that are not committed yet', async () => {
      for (let turn = 0; turn < 3; turn += 1) await buy()
      await world.services.connections.transaction(async (db) => {
        await db.change(sql`insert into outbox (event_id, type, payload, created_at)
            values ('of-no-order', 'order.paid', '{}', now())`)
        const relaying = worker.relay()
        expect(await world.endsOrWaits(relaying)).toBe('ends')
        await db.change(sql`delete from outbox where event_id = 'of-no-order'`)
      })
      await worker.settle()
    })

    test('is woken by the commit of a payment, over a connection of its own', async () => {
      const channel = wakeChannelOf(schemaOf(world.databaseUrl))
      let woken = 0
      const connection = redisConnection(Bun.env.TEST_REDIS_URL ?? '', 'worker')
      const ears = wakeOnMessage(connection, channel, () => {
        woken += 1
      })
      await eventually('it listens', async () => {
        const [, listeners] = (await world.others.redis.pubsub('NUMSUB', channel)) as unknown[]
        return listeners === 1
      })
      await buy()
      await eventually('it is woken', async () => woken > 0)
      ears.disconnect()
      await worker.settle()
    })

    test('that dies between queueing and marking queues again, which changes nothing', async () => {
      await buy()
      const { use } = world.others.connections
      let calls = 0
      world.others.connections.use = (work) => {
        calls += 1
        return calls === 2 ? Promise.reject(new Error('killed')) : use(work)
      }
      await expect(worker.relay()).rejects.toThrow('killed')
      world.others.connections.use = use
      expect(await worker.relay()).toBe(true)
      await worker.settle()
      expect(await world.soldOf()).toBe(2)
    })

    test('queues again what Redis lost, and only that', async () => {
      await buy()
      await worker.settle()
      await buy()
      await relayedLongAgo()
      const sweep = createOverdueSweep(world.others.connections)
      expect([await sweep(), await sweep()]).toEqual([1, 0])
      await worker.settle()
      expect(await world.soldOf()).toBe(4)
    })

    test('looks at an event once after each relay, and a new process at all of them', async () => {
      const sweep = createOverdueSweep(world.others.connections)
      expect(await sweep()).toBe(0)
      await buy()
      await relayedLongAgo()
      expect(await sweep()).toBe(0)
      expect(await createOverdueSweep(world.others.connections)()).toBe(1)
    })

    test('leaves alone what was relayed a moment ago', async () => {
      await buy()
      await world.query(sql`update outbox set relayed_at = utc_timestamp(3)`)
      expect(await createOverdueSweep(world.others.connections)()).toBe(0)
    })
  })

  describe('expiry', () => {
    const makeDue = () => world.query(sql`update orders set expires_at = '2001-01-01'`)

    test.each(['before', 'after'])('in design %s gives stock back', async (name) => {
      await place()
      await makeDue()
      await place()
      expect(await expireOrders(world.otherOptions, parseDesign(name))).toBe(false)
      expect((await world.orderStates()).sort()).toEqual(['cancelled expired', 'pending'])
      expect(await world.stockOf('1')).toBe(98)
      expect(await world.audit()).toEqual([])
    })

    test('by two workers at once gives it back once', async () => {
      await place()
      await makeDue()
      const expire = (options: OpenedOptions) => expireOrders(options, parseDesign('after'))
      await Promise.all([world.otherOptions, world.options].map(expire))
      expect(await world.orderStates()).toEqual(['cancelled expired'])
      expect(await world.audit()).toEqual([])
    })

    test('is not held up by an order that cannot be cancelled', async () => {
      using logged = spyOn(console, 'error').mockImplementation(() => {})
      await place()
      await place()
      await makeDue()
      world.script.on('order.stock.returned', (pass) =>
        pass === 1 ? Promise.reject(new Error('of unknown cause')) : undefined,
      )
      const scripted = new OpenedOptions({ ...world.others, chaos: world.script })
      await expireOrders(scripted, parseDesign('before'))
      expect((await world.orderStates()).sort()).toEqual(['cancelled expired', 'pending'])
      expect(logged).toHaveBeenCalledTimes(1)
    })

    test('never touches what is paid', async () => {
      await buy()
      await outcomeOf(place(badCard))
      await makeDue()
      await expireOrders(world.otherOptions, parseDesign('after'))
      expect((await world.orderStates()).sort()).toEqual(['cancelled undone', 'paid'])
      expect(await world.audit()).toEqual([])
    })
  })

  test('keys are pruned after a day', async () => {
    const [now, yesterday] = [new Date(), new Date(Date.now() - 25 * 3600 * 1000)]
    for (const [key, at] of [
      ['old', yesterday],
      ['new', now],
    ] as const) {
      await world.query(sql`insert into idempotency_keys
          (idempotency_key, fingerprint, locked_until, created_at)
          values (${key}, '', ${at}, ${at})`)
    }
    expect(await pruneKeys(world.others)).toBe(false)
    const left = await world.query(sql`select idempotency_key as name from idempotency_keys`)
    expect(left).toEqual([{ name: 'new' }])
  })
})
