import { afterAll, beforeAll, describe, expect, setSystemTime, spyOn, test } from 'bun:test'
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
import { createExpiry } from './expiry.ts'
import { redisConnection, wakeOnMessage } from './queue.ts'
import { sweepOverdue } from './relay.ts'
import { replayEffect } from './replay.ts'

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

    test('repeats no call for an event it relays again, though its clock is behind', async () => {
      await buy()
      await worker.settle()
      const before = world.bank.partners.list()
      await world.query(sql`update outbox set relayed_at = null, settled_at = null,
          created_at = created_at - interval 1 minute`)
      setSystemTime(new Date(Date.now() - 3_600_000))
      try {
        await worker.relay()
        await worker.settle()
      } finally {
        setSystemTime()
      }
      expect(before.length).toBeGreaterThan(0)
      expect(world.bank.partners.list()).toEqual(before)
    })

    test('applies twenty events with hardly more statements than one', async () => {
      const { counters } = world.others.connections
      const costOf = async (events: number) => {
        for (let turn = 0; turn < events; turn += 1) await buy()
        const before = counters.statements
        await worker.relay()
        await worker.drain()
        return counters.statements - before
      }
      // Where it is late, each of the three handlers first looks for what is settled.
      const most = 15
      expect([await costOf(1), await costOf(20)].filter((cost) => cost > most)).toEqual([])
      expect(await world.soldOf()).toBe(42)
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
      const sweep = () => sweepOverdue(world.others.connections)
      expect([(await sweep()).overdue, (await sweep()).overdue]).toEqual([1, 0])
      await worker.settle()
      expect(await world.soldOf()).toBe(4)
    })

    test('never looks again at what has all its effects, until it is replayed', async () => {
      await buy()
      await worker.settle()
      await relayedLongAgo()
      const sweep = () => sweepOverdue(world.others.connections)
      expect((await sweep()).overdue).toBe(0)
      const settled = sql`select event_id as eventId from outbox where settled_at is not null`
      const [event] = await world.query<{ eventId: string }>(settled)
      await world.query(sql`update effects set status = 'dead' where handler = 'messages'`)
      await world.query(sql`delete from effects where handler = 'data-platform'`)
      expect((await sweep()).overdue).toBe(0)
      const dead = { eventId: event?.eventId ?? '', handler: 'messages' }
      expect(await replayEffect(world.others.connections, dead)).toBe(true)
      await relayedLongAgo()
      expect((await sweep()).overdue).toBe(1)
      await worker.settle()
    })

    test('goes through more events than one batch, and tells when it is at the end', async () => {
      await world.query(sql`
        insert into outbox (event_id, type, payload, created_at, relayed_at)
        with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < 250)
        select concat('old-', n), 'old', '{}', '2001-01-01', '2001-01-01' from numbers`)
      await world.query(sql`insert into effects
        select event_id, 'old', 'done', 1, null, '2001-01-01' from outbox`)
      const sweep = async () => (await sweepOverdue(world.others.connections)).isMore
      expect([await sweep(), await sweep()]).toEqual([true, false])
      const open = sql`select id from outbox where settled_at is null`
      expect(await world.query(open)).toEqual([])
    })

    test('leaves alone what was relayed a moment ago', async () => {
      await buy()
      await world.query(sql`update outbox set relayed_at = utc_timestamp(3)`)
      expect((await sweepOverdue(world.others.connections)).overdue).toBe(0)
    })
  })

  describe('expiry', () => {
    const makeDue = () => world.query(sql`update orders set expires_at = '2001-01-01'`)

    test.each(['before', 'after'])('in design %s gives stock back', async (name) => {
      await place()
      await makeDue()
      await place()
      expect(await createExpiry(world.otherOptions, () => parseDesign(name))()).toBe(false)
      expect((await world.orderStates()).sort()).toEqual(['cancelled expired', 'pending'])
      expect(await world.stockOf('1')).toBe(98)
      expect(await world.audit()).toEqual([])
    })

    test('by two workers at once gives it back once', async () => {
      await place()
      await makeDue()
      const expire = (options: OpenedOptions) => createExpiry(options, () => parseDesign('after'))()
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
      await createExpiry(scripted, () => parseDesign('before'))()
      expect((await world.orderStates()).sort()).toEqual(['cancelled expired', 'pending'])
      expect(logged).toHaveBeenCalledTimes(1)
    })

    test('is not held up by a hundred of them', async () => {
      // Without items: they cannot be cancelled.
      await world.query(sql`
        insert into orders
          (id, user_id, status, total_minor, idempotency_key, created_at, expires_at)
        with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < 120)
        select n, 1, 'pending', 1, concat('of-no-items-', n), '2000-01-01', '2000-01-01'
        from numbers`)
      const { id } = await place()
      await world.query(sql`update orders set expires_at = '2001-01-01' where id = ${id}`)
      const expire = createExpiry(world.otherOptions, () => parseDesign('after'))
      expect([await expire(), await expire()]).toEqual([true, false])
      const cancelled = sql`select id from orders where status = 'cancelled'`
      expect(await world.query(cancelled)).toEqual([{ id }])
    })

    test('never touches what is paid', async () => {
      await buy()
      await outcomeOf(place(badCard))
      await makeDue()
      await createExpiry(world.otherOptions, () => parseDesign('after'))()
      expect((await world.orderStates()).sort()).toEqual(['cancelled undone', 'paid'])
      expect(await world.audit()).toEqual([])
    })
  })
})
