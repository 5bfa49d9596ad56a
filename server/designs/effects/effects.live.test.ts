import { afterAll, beforeAll, beforeEach, expect } from 'bun:test'
import { sql } from 'drizzle-orm'
import { Problem } from '../../errors.ts'
import { placeOrder } from '../../flows/place-order.ts'
import type { Delivery } from '../../gateway/bank/partners.ts'
import { contract, type Suite } from '../../testing/contract.ts'
import { type EffectsWorker, openEffectsWorker } from '../../testing/effects-worker.ts'
import { describeLive, openWorld, type World } from '../../testing/fixtures.ts'
import {
  lines,
  newKey,
  orderStates,
  outcomeOf,
  recoverAll,
  soldOf,
} from '../../testing/shopping.ts'
import type { Design } from '../design.ts'

let world: World
let worker: EffectsWorker
let slack: { url: string; stop(): Promise<void> }

const payment = { method: 'balance' } as const

const buy = (design: Design, userId = '1', ...items: string[]) => {
  const request = { userId, idempotencyKey: newKey(), items: lines(...items), payment }
  return outcomeOf(placeOrder(world.ctx(design), request))
}

const toldOf = (sink: Delivery['sink']) =>
  world.bank.partners.list().filter((delivery) => delivery.sink === sink)

const suite: Suite = (check, design) => {
  check('every paid order is told of once and counted once', async () => {
    const buyers = Array.from({ length: 10 }, (_, index) =>
      buy(design, String(index + 1), '2x1', '1x2'),
    )
    await Promise.all(buyers)
    await buy(design, '1', '1x2')
    await worker.settle()
    expect(await orderStates(world)).toEqual(Array.from({ length: 11 }, () => 'paid'))
    for (const sink of ['data-platform', 'messages'] as const) {
      const told = toldOf(sink)
      expect([told.length, ...told.map(({ count }) => count)]).toEqual([11, ...Array(11).fill(1)])
    }
    expect([await soldOf(world, '1'), await soldOf(world, '2')]).toEqual([20, 11])
  })

  check('nobody is told of an order that is not paid', async () => {
    const request = { userId: '1', idempotencyKey: newKey(), items: lines('1x1') }
    await placeOrder(world.ctx(design), request)
    await worker.settle()
    expect(world.bank.partners.list()).toEqual([])
    expect(await soldOf(world, '1')).toBe(0)
  })

  check('a partner that fails does not fail the payment', async () => {
    world.bank.partners.setFailure('messages', 1)
    expect(await buy(design, '1', '1x1')).toMatchObject({ status: 'paid' })
  })

  check('a payment that rolls back after its effects has told nobody', async () => {
    world.script.on('effects.published', async () => {
      throw new Problem('lock-contention')
    })
    expect(await buy(design, '1', '1x1')).toBe('in-recovery')
    await worker.settle()
    expect(world.bank.partners.list()).toEqual([])
    world.script.clear()
    await recoverAll(world)
    await worker.settle()
    expect([toldOf('messages').length, await soldOf(world, '1')]).toEqual([1, 1])
  })

  check(
    'an effect that fails three times is dead, with one alert; the others are done',
    async () => {
      world.bank.partners.setFailure('messages', 1)
      const order = await buy(design, '1', '1x1')
      await worker.settle()
      const settled = await world.query<{ line: string }>(
        sql`select concat_ws(' ', handler, status, attempts) as line from effects order by handler`,
      )
      expect(settled.map(({ line }) => line)).toEqual([
        'best-sellers done 1',
        'data-platform done 1',
        'messages dead 3',
        'slack done 1',
      ])
      expect([toldOf('messages').length, toldOf('data-platform').length]).toEqual([0, 1])
      const orderId = typeof order === 'string' ? order : order.id
      expect(toldOf('slack')).toMatchObject([
        { eventId: `alert-order-paid-${orderId}-messages`, count: 1 },
      ])
    },
  )

  check('a partner that fails now and then is told in the end', async () => {
    world.bank.partners.setFailure('data-platform', 0.5)
    await Promise.all([buy(design, '1', '1x1'), buy(design, '2', '1x1'), buy(design, '3', '1x1')])
    await worker.settle()
    expect(toldOf('data-platform').map(({ count }) => count)).toEqual([1, 1, 1])
  })

  check('what is relayed twice is counted once', async () => {
    await buy(design, '1', '3x1')
    await worker.settle()
    await world.query(sql`update outbox set relayed_at = null`)
    await worker.settle()
    expect([await soldOf(world, '1'), toldOf('messages').length]).toEqual([3, 1])
  })
}

describeLive('effects', ['TEST_DATABASE_URL', 'TEST_REDIS_URL'], () => {
  beforeAll(async () => {
    world = await openWorld('effects')
    slack = world.bank.serve()
    worker = await openEffectsWorker(world, `${slack.url}partners/slack`)
  })
  afterAll(async () => {
    await worker.close()
    await slack.stop()
    await world.close()
  })
  beforeEach(() => world.restock())

  const atOnce = 'the partners are told inside the transaction'
  contract('effects', suite, {
    knownFailures: {
      inline: [
        { test: 'a partner that fails does not fail the payment', reason: atOnce },
        { test: 'a payment that rolls back after its effects has told nobody', reason: atOnce },
        {
          test: 'an effect that fails three times is dead, with one alert; the others are done',
          reason: 'nobody counts tries, and nobody is alerted',
        },
        {
          test: 'a partner that fails now and then is told in the end',
          reason: 'the payment fails instead, and each new try tells the other partner again',
        },
      ],
    },
  })
})
