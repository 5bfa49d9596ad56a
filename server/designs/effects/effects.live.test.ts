import { afterAll, beforeAll, expect } from 'bun:test'
import { sql } from 'drizzle-orm'
import type { Delivery } from '../../bank/partners.ts'
import { Problem } from '../../errors.ts'
import { because, contract, type Suite } from '../../testing/contract.ts'
import { type EffectsWorker, openEffectsWorker } from '../../testing/effects-worker.ts'
import { describeLive, withWorld } from '../../testing/fixtures.ts'
import { balance, card, outcomeOf } from '../../testing/shopping.ts'
import { listDead, replayEffect } from '../../worker/replay.ts'
import type { Design } from '../design.ts'
import { AfterCommitEffects } from './after-commit/after-commit.ts'

const world = withWorld('effects')
let worker: EffectsWorker
let slack: { url: string; stop(): Promise<void> }

const retryPauseMs = 10

const buy = (design: Design, userId = '1', ...items: string[]) =>
  outcomeOf(world.place(design, items, { userId, payment: balance }))

const deliveriesTo = (sink: Delivery['sink']) =>
  world.bank.partners.list().filter((delivery) => delivery.sink === sink)

/** As a replay finds it: its event is written down with whatever of it is dead. */
const outboxRowOfPaid = sql`insert into outbox (event_id, type, payload, created_at, relayed_at)
  select concat('order-paid-', o.id), 'order.paid',
         concat('{"type":"order.paid","soldDate":"', utc_date(), '","lines":[{"optionId":"',
                i.option_id, '","quantity":', i.quantity, '}]}'), '2026-01-01', null
  from orders o join order_items i on i.order_id = o.id
  on duplicate key update outbox.event_id = outbox.event_id`

async function buyWithDeadMessage(design: Design): Promise<void> {
  world.bank.partners.setFailure('messages', 1)
  await buy(design, '1', '1x1')
  await worker.settle()
}

async function replayAll(): Promise<boolean[]> {
  const { connections } = world.others
  const dead = await listDead(connections, { handler: 'messages' })
  const more = await listDead(connections, { handler: 'best-sellers' })
  return await Promise.all([...dead, ...more].map((one) => replayEffect(connections, one)))
}

const suite: Suite = (check, design) => {
  check('every paid order is delivered once and counted once', async () => {
    const buyers = Array.from({ length: 10 }, (_, index) =>
      buy(design, String(index + 1), '2x1', '1x2'),
    )
    await Promise.all(buyers)
    await buy(design, '1', '1x2')
    await worker.settle()
    expect(await world.orderStates()).toEqual(Array.from({ length: 11 }, () => 'paid'))
    for (const sink of ['data-platform', 'messages'] as const) {
      const delivered = deliveriesTo(sink)
      expect([delivered.length, ...delivered.map(({ count }) => count)]).toEqual([
        11,
        ...Array(11).fill(1),
      ])
    }
    expect([await world.soldOf('1'), await world.soldOf('2')]).toEqual([20, 11])
  })

  check('no partner is notified of an order that is not paid', async () => {
    await world.place(design, ['1x1'])
    await worker.settle()
    expect(world.bank.partners.list()).toEqual([])
    expect(await world.soldOf('1')).toBe(0)
  })

  check('a partner that fails does not fail the payment', async () => {
    world.bank.partners.setFailure('messages', 1)
    expect(await buy(design, '1', '1x1')).toMatchObject({ status: 'paid' })
  })

  check('a payment that rolls back after its effects has notified no partner', async () => {
    world.script.on('effects.published', async () => {
      throw new Problem('lock-contention')
    })
    const payment = { userId: '1', payment: card }
    expect(await outcomeOf(world.place(design, ['1x1'], payment))).toBe('in-recovery')
    await worker.settle()
    expect(world.bank.partners.list()).toEqual([])
    world.script.clear()
    await world.recoverAll()
    await worker.settle()
    expect([deliveriesTo('messages').length, await world.soldOf('1')]).toEqual([1, 1])
  })

  check('an effect that fails three times is dead, with one alert', async () => {
    world.bank.partners.setFailure('messages', 1)
    const order = await buy(design, '1', '1x1')
    await worker.settle()
    const settled = await world.query<{ line: string }>(sql`
        select concat_ws(' ', handler, status, attempts) as line from effects order by handler`)
    expect(settled.map(({ line }) => line)).toEqual([
      'best-sellers done 1',
      'data-platform done 1',
      'messages dead 3',
      'slack done 1',
    ])
    expect([deliveriesTo('messages').length, deliveriesTo('data-platform').length]).toEqual([0, 1])
    const orderId = typeof order === 'string' ? order : order.id
    expect(deliveriesTo('slack')).toMatchObject([
      { eventId: `alert-order-paid-${orderId}-messages`, count: 1 },
    ])
  })

  check('what is dead is replayed once, however often it is asked for', async () => {
    await buyWithDeadMessage(design)
    expect(await replayAll()).toEqual([true])
    expect(await replayAll()).toEqual([])
    world.bank.partners.setFailure('messages', 0)
    await worker.settle()
    expect(deliveriesTo('messages').map(({ count }) => count)).toEqual([1])
    expect(deliveriesTo('data-platform').length).toBe(1)
    expect(await world.soldOf('1')).toBe(1)
    expect(deliveriesTo('slack').length).toBe(1)
  })

  check('a best-seller that was dead is counted once when it is replayed', async () => {
    await buy(design, '1', '2x1')
    await worker.settle()
    await world.query(sql`delete from daily_popular_products where sold_date >= utc_date()`)
    await world.query(sql`
      update effects set status = 'dead', attempts = 3 where handler = 'best-sellers'`)
    await world.query(outboxRowOfPaid)
    expect(await replayAll()).toEqual([true])
    await worker.settle()
    await world.query(sql`update outbox set relayed_at = null`)
    await worker.settle()
    expect(await world.soldOf('1')).toBe(2)
  })

  check('what dies again after a replay raises an alert of its own', async () => {
    await buyWithDeadMessage(design)
    await replayAll()
    await worker.settle()
    expect(deliveriesTo('slack').map(({ count }) => count)).toEqual([1, 1])
    expect((await listDead(world.others.connections)).map(({ attempts }) => attempts)).toEqual([6])
  })

  check('a partner that fails now and then gets the event in the end', async () => {
    world.bank.partners.setFailure('data-platform', 0.5)
    await Promise.all([buy(design, '1', '1x1'), buy(design, '2', '1x1'), buy(design, '3', '1x1')])
    await worker.settle()
    expect(deliveriesTo('data-platform').map(({ count }) => count)).toEqual([1, 1, 1])
  })

  check('what is relayed twice is counted once', async () => {
    await buy(design, '1', '3x1')
    await worker.settle()
    await world.query(sql`update outbox set relayed_at = null`)
    await worker.settle()
    expect([await world.soldOf('1'), deliveriesTo('messages').length]).toEqual([3, 1])
  })
}

describeLive('effects', ['TEST_DATABASE_URL', 'TEST_REDIS_URL'], () => {
  beforeAll(async () => {
    // No test waits for the pause before a second try.
    const inMemory = new AfterCommitEffects(world.services, retryPauseMs)
    world.options.provide('effects', 'after-commit', inMemory)
    slack = world.bank.serve()
    worker = await openEffectsWorker(world, `${slack.url}partners/slack`)
  })
  afterAll(async () => {
    await worker.close()
    await slack.stop()
  })

  const atOnce = 'the partners are called inside the transaction'
  contract('effects', suite, {
    knownFailures: {
      inline: {
        'a partner that fails does not fail the payment': atOnce,
        'a payment that rolls back after its effects has notified no partner': atOnce,
        'an effect that fails three times is dead, with one alert':
          'tries are not counted, and there is no alert',
        ...because(
          'nothing is ever dead: the payment fails instead',
          'what is dead is replayed once, however often it is asked for',
          'a best-seller that was dead is counted once when it is replayed',
          'what dies again after a replay raises an alert of its own',
        ),
        'a partner that fails now and then gets the event in the end':
          'the payment fails instead, and each new try tells the other partner again',
      },
    },
  })
})
