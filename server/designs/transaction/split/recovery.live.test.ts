import { describe, expect, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import { cancelOrder } from '../../../flows/cancel-order.ts'
import { flowOf } from '../../../flows/flow-of.ts'
import { payOrder } from '../../../flows/pay-order.ts'
import { placeOrder } from '../../../flows/place-order.ts'
import { describeLive, withWorld } from '../../../testing/fixtures.ts'
import { killAt, moment } from '../../../testing/interrupt.ts'
import { card, lines, newKey, outcomeOf } from '../../../testing/shopping.ts'
import { recoverSagas } from './recovery.ts'

const world = withWorld('recovery', { limits: { connections: 40 } })

const balance = { method: 'balance' } as const

const place = (payment?: Parameters<typeof placeOrder>[1]['payment']) =>
  placeOrder(world.ctx('after'), {
    userId: '1',
    idempotencyKey: newKey(),
    items: lines('2x1', '1x2'),
    ...(payment ? { payment } : {}),
  })

const pay = (orderId: string, how: typeof card | typeof balance) =>
  payOrder(world.ctx('after'), { orderId, idempotencyKey: newKey(), ...how })

/** Each verb: what there must be before, the verb, and how many transactions it commits. */
const verbs = {
  'place-order': { prepare: async () => '', run: () => place() },
  'checkout by card': { prepare: async () => '', run: () => place(card) },
  'checkout by balance': { prepare: async () => '', run: () => place(balance) },
  'pay-order by card': {
    prepare: async () => (await place()).id,
    run: (orderId: string) => pay(orderId, card),
  },
  'pay-order by balance': {
    prepare: async () => (await place()).id,
    run: (orderId: string) => pay(orderId, balance),
  },
  'cancel-order': {
    prepare: async () => (await place()).id,
    run: (orderId: string) => cancelOrder(world.ctx('after'), orderId, 'customer'),
  },
}

/** Where it is killed, and what recovery makes of the order; '' = there is none. */
const boundaries: Record<keyof typeof verbs, Record<string, string>> = {
  'place-order': {
    'order.stock.taken 1': '',
    'committed 1': '',
    'order.stock.taken 2': '',
    'committed 2': '',
    'order.written': '',
    'committed 3': 'pending',
  },
  'checkout by card': {
    'committed 1': '',
    'committed 2': '',
    'order.written': '',
    'committed 3': 'cancelled undone',
    'payment.claimed': 'cancelled undone',
    'committed 4': 'cancelled undone',
    'payment.collecting': 'cancelled undone',
    'payment.collected': 'paid',
    'payment.settled': 'paid',
    'effects.published': 'paid',
    'committed 5': 'paid',
  },
  'checkout by balance': {
    'committed 4': 'cancelled undone',
    'payment.collecting': 'cancelled undone',
    'payment.collected': 'cancelled undone',
    'committed 5': 'paid',
    'effects.published': 'paid',
    'committed 6': 'paid',
  },
  'pay-order by card': {
    'payment.claimed': 'pending',
    'committed 1': 'pending',
    'payment.collecting': 'pending',
    'payment.collected': 'paid',
    'payment.settled': 'paid',
    'committed 2': 'paid',
  },
  'pay-order by balance': {
    'committed 1': 'pending',
    'payment.collected': 'pending',
    'committed 2': 'paid',
    'payment.settled': 'paid',
    'committed 3': 'paid',
  },
  'cancel-order': {
    'committed 1': 'cancelled customer',
    'order.stock.returned 1': 'cancelled customer',
    'committed 2': 'cancelled customer',
    'order.stock.returned 2': 'cancelled customer',
    'committed 3': 'cancelled customer',
    'committed 4': 'cancelled customer',
  },
}

const cases = Object.entries(boundaries).flatMap(([verb, ends]) =>
  Object.entries(ends).map(([where, end]) => ({ verb: verb as keyof typeof verbs, where, end })),
)

const recover = () => recoverSagas(world.otherOptions, flowOf)

async function expectEnd(end: string) {
  const isPaid = end === 'paid'
  expect(await world.orderStates()).toEqual(end ? [end] : [])
  expect(await world.audit()).toEqual([])
  expect(await world.query(sql`select event_id from outbox`)).toHaveLength(isPaid ? 1 : 0)
  await world.expireLeases()
  expect(await recover()).toEqual({ ended: 0, left: 0 })
}

describeLive('recovery', ['TEST_DATABASE_URL'], () => {
  describe('two recoveries at once end what a kill interrupted', () => {
    test.each(cases)('$verb at $where: "$end"', async ({ verb, where, end }) => {
      const { prepare, run } = verbs[verb]
      const orderId = await prepare()
      await killAt(world, moment(where), () => run(orderId))
      await world.expireLeases()
      await Promise.all([recover(), recover()])
      expect(await world.recoverAll()).toBe(0)
      await expectEnd(end)
    })
  })

  test('a saga whose lease still runs is not touched', async () => {
    await killAt(world, moment('committed 2'), () => place(card))
    expect(await recover()).toEqual({ ended: 0, left: 0 })
  })

  describe('a recovery that is killed itself leaves the rest to the next', () => {
    const undoing = ['committed 1', 'committed 2', 'committed 3', 'order.stock.returned 1']
    test.each(undoing)('while undoing, at %s', async (where) => {
      await killAt(world, moment('committed 4'), () => place(card))
      await world.expireLeases()
      await killAt(world, moment(where), () => recoverSagas(world.options, flowOf))
      expect(await world.recoverAll()).toBe(0)
      await expectEnd('cancelled undone')
    })

    test('while finishing, before its commit', async () => {
      await killAt(world, moment('payment.collected'), () => place(card))
      await world.expireLeases()
      await killAt(world, moment('effects.published'), () => recoverSagas(world.options, flowOf))
      expect(await world.recoverAll()).toBe(0)
      await expectEnd('paid')
    })
  })

  describe('a request that dies while it undoes', () => {
    test.each(['committed 3', 'committed 4', 'order.stock.returned 1'])('at %s', async (where) => {
      const items = lines('1x1', '1x2', '2x20')
      const request = { userId: '1', idempotencyKey: newKey(), items }
      await killAt(world, moment(where), () => placeOrder(world.ctx('after'), request))
      expect(await world.recoverAll()).toBe(0)
      await expectEnd('')
    })
  })

  describe('an answer of the bank that was lost', () => {
    const losing = (calls: Record<string, 'lost' | 'vanished'>) => {
      world.bank.loses = (call) => calls[call]
    }

    test('is found: the order is paid', async () => {
      losing({ 'POST /v1/charges': 'lost' })
      expect(await place(card)).toMatchObject({ status: 'paying', payment: { status: 'unknown' } })
      expect(await world.recoverAll()).toBe(0)
      await expectEnd('paid')
    })

    test('is not found: the charge is voided and the order undone', async () => {
      losing({ 'POST /v1/charges': 'vanished' })
      expect(await place(card)).toMatchObject({ status: 'paying', payment: { status: 'unknown' } })
      expect(await world.recoverAll()).toBe(0)
      expect(world.bank.ledger.list()).toMatchObject([{ status: 'voided' }])
      await expectEnd('cancelled undone')
    })

    test('is not guessed while the bank is silent', async () => {
      losing({ 'POST /v1/charges': 'lost', 'GET /v1/charges': 'vanished' })
      await outcomeOf(place(card))
      expect(await world.recoverAll()).toBe(1)
      expect(await world.orderStates()).toEqual(['paying'])
      losing({})
      expect(await world.recoverAll()).toBe(0)
      await expectEnd('paid')
    })

    test('is voided once, however often that answer is lost too', async () => {
      losing({ 'POST /v1/charges': 'vanished', 'POST /v1/charges/void': 'lost' })
      await outcomeOf(place(card))
      expect(await world.recoverAll()).toBe(1)
      expect(await world.recoverAll()).toBe(0)
      await expectEnd('cancelled undone')
    })

    test('is asked for where the flow fails after it', async () => {
      world.script.on('payment.collected', async () => {
        throw new TypeError('a bug')
      })
      expect(await outcomeOf(place(card))).toBe('in-recovery')
      expect(await world.recoverAll()).toBe(0)
      await expectEnd('paid')
    })
  })

  test('a saga of an older version, of lines without kind and units, is undone', async () => {
    await killAt(world, moment('committed 4'), () => place(card))
    const younger = ['kind', 'units'].flatMap((name) => [
      `$.lines[0].${name}`,
      `$.lines[1].${name}`,
    ])
    const paths = sql.join(
      younger.map((path) => sql`${path}`),
      sql`,`,
    )
    await world.query(sql`update saga_steps set state = json_remove(state, ${paths})`)
    expect(await world.recoverAll()).toBe(0)
    await expectEnd('cancelled undone')
  })

  test('a saga of an unknown kind does not hold up the others', async () => {
    const state = JSON.stringify({})
    for (const [kind, design] of [
      ['no-such-verb', 'after'],
      ['place-order', 'after,stock=no-such-option'],
      ['place-order', 'after'],
    ]) {
      await world.query(sql`insert into sagas (kind, idempotency_key, status, design, state,
          attempts, lease_until) values (${kind}, 'poison', 'running', ${design}, ${state}, 0,
          '2001-01-01')`)
    }
    await killAt(world, moment('committed 4'), () => place(card))
    await world.expireLeases()
    expect(await recover()).toEqual({ ended: 1, left: 3 })
    await world.query(sql`delete from sagas where idempotency_key = 'poison'`)
    await expectEnd('cancelled undone')
  })
})
