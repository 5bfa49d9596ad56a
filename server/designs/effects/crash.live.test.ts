import { beforeEach, expect, setDefaultTimeout, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import type { Delivery, Sink } from '../../bank/partners.ts'
import { jsonRequest } from '../../testing/app-for-test.ts'
import { contract, type Suite } from '../../testing/contract.ts'
import { passLeases, untilQuiescent, withSpawnedShop } from '../../testing/crash-crowd.ts'
import { describeLive } from '../../testing/fixtures.ts'
import { balance, newKey, orderBody } from '../../testing/shopping.ts'

const answerMs = 10_000
setDefaultTimeout(45_000)

const { world, shop } = withSpawnedShop('crash_effects')

const ask = (url: string, init: RequestInit = {}) =>
  fetch(url, { ...init, signal: AbortSignal.timeout(answerMs) })

const failing = (sink: Sink, rate: number) =>
  ask(`${shop.url('bank')}/partners/${sink}/failure`, jsonRequest('PUT', { rate }))

async function buy(design: string): Promise<number> {
  const body = orderBody(['1x1'], { payment: balance })
  const headers = { 'idempotency-key': newKey(), 'x-design': design }
  const request = jsonRequest('POST', body, headers)
  return (await ask(`${shop.url('server')}/api/v1/orders`, request)).status
}

async function messagesDelivered(): Promise<string[]> {
  const answer = await ask(`${shop.url('bank')}/partners/ledger`)
  const { deliveries } = (await answer.json()) as { deliveries: Delivery[] }
  return deliveries.filter(({ sink }) => sink === 'messages').map(({ eventId }) => eventId)
}

const paidEvents = async () => {
  const rows = await world.query<{ eventId: string }>(sql`
    select concat('order-paid-', id) as eventId from orders where status = 'paid'`)
  return rows.map(({ eventId }) => eventId)
}

const suite: Suite = (check, design) => {
  check('kill -9 between the commit and an effect does not lose it', async () => {
    await shop.kill('worker')
    await failing('messages', 1)
    await buy(design.label)
    // A new bank has neither failures nor deliveries under way: none comes late.
    await Promise.all([shop.kill('server'), shop.kill('bank')])
    await shop.start('bank')
    await Promise.all([shop.start('server'), shop.start('worker')])
    await passLeases(world)
    await untilQuiescent(world)
    const paid = await paidEvents()
    // Of a payment with its effects inside nothing has been committed yet.
    expect(paid.length).toBe(design.options.effects === 'inline' ? 0 : 1)
    expect(await messagesDelivered()).toEqual(paid)
  })
}

describeLive('kill -9 and effects', ['TEST_DATABASE_URL', 'TEST_REDIS_URL'], () => {
  beforeEach(async () => {
    await world.restock()
    await ask(`${shop.url('bank')}/v1/ledger`, { method: 'DELETE' })
  })

  contract('effects', suite, {
    knownFailures: {
      'after-commit': {
        'kill -9 between the commit and an effect does not lose it':
          'it was in the memory of the process, and in no other place',
      },
    },
  })

  test('a process that is asked to stop first ends what it has in memory', async () => {
    await failing('messages', 1)
    expect(await buy('after,effects=after-commit')).toBe(201)
    const drained = shop.drain('server')
    await failing('messages', 0)
    expect(await drained).toBe(0)
    expect(await messagesDelivered()).toEqual(await paidEvents())
    await shop.start('server')
  })
})
