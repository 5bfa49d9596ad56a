import { describe, expect, spyOn, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import { listOf } from '../../../db/statements.ts'
import { flowOf } from '../../../flows/flow-of.ts'
import type { PlaceOrder } from '../../../flows/place-order.ts'
import { anHourAhead } from '../../../testing/fake-clock.ts'
import { describeLive, withWorld } from '../../../testing/fixtures.ts'
import { badCard, balance, card, outcomeOf } from '../../../testing/shopping.ts'
import { recoverSagas } from './recovery.ts'

const world = withWorld('recovery', { limits: { connections: 40 } })

const place = (payment?: PlaceOrder['payment']) => world.place('after', ['2x1', '1x2'], { payment })

const nothing = async () => ''
const placed = async () => (await place()).id

/** Each verb: what there must be before, the verb, and how many transactions it commits. */
const verbs = {
  'place-order': { prepare: nothing, run: () => place() },
  'checkout by card': { prepare: nothing, run: () => place(card) },
  'checkout by balance': { prepare: nothing, run: () => place(balance) },
  'pay-order by card': { prepare: placed, run: (id: string) => world.pay('after', id, card) },
  'pay-order by balance': { prepare: placed, run: (id: string) => world.pay('after', id, balance) },
  'cancel-order': { prepare: placed, run: (id: string) => world.cancel('after', id) },
}

/** What recovery makes of the order ('' = there is none), and where the verb is killed for it. */
const boundaries: Record<keyof typeof verbs, Record<string, string[]>> = {
  'place-order': {
    '': ['order.written', 'order.stock.taken'],
    pending: ['committed 1'],
  },
  'checkout by card': {
    '': ['order.written', 'order.stock.taken', 'payment.claimed'],
    'cancelled undone': ['committed 1', 'payment.collecting'],
    paid: ['payment.collected', 'payment.settled', 'effects.published', 'committed 2'],
  },
  'checkout by balance': {
    '': ['payment.claimed', 'payment.collecting', 'payment.collected', 'effects.published'],
    paid: ['committed 1'],
  },
  'pay-order by card': {
    pending: ['payment.claimed', 'committed 1', 'payment.collecting'],
    paid: ['payment.collected', 'payment.settled', 'committed 2'],
  },
  'pay-order by balance': {
    pending: ['payment.claimed', 'payment.collected', 'payment.settled', 'effects.published'],
    paid: ['committed 1'],
  },
  'cancel-order': {
    pending: ['order.stock.returned 1', 'order.stock.returned 2'],
    'cancelled customer': ['committed 1'],
  },
}

const cases = Object.entries(boundaries).flatMap(([verb, ends]) =>
  Object.entries(ends).flatMap(([end, moments]) =>
    moments.map((where) => ({ verb: verb as keyof typeof verbs, where, end })),
  ),
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
      await world.killAt(where, () => run(orderId))
      await world.expireLeases()
      await Promise.all([recover(), recover()])
      expect(await world.recoverAll()).toBe(0)
      await expectEnd(end)
    })
  })

  test('a saga whose lease still runs is not touched', async () => {
    await world.killAt('committed 1', () => place(card))
    expect(await recover()).toEqual({ ended: 0, left: 0 })
  })

  test('nor by a process whose clock is an hour ahead', async () => {
    await world.killAt('committed 1', () => place(card))
    expect(await anHourAhead(recover)).toEqual({ ended: 0, left: 0 })
  })

  test('an undo extends the lease of an executor that is slow', async () => {
    let passedMs = 0
    const now = performance.now.bind(performance)
    using _clock = spyOn(performance, 'now').mockImplementation(() => now() + passedMs)
    world.script.on('begin', async (pass) => {
      if (pass === 3) passedMs = 8000
      if (pass === 3) await world.query(sql`update sagas set lease_until = utc_timestamp(3)`)
    })
    await world.killAt('committed 4', () => place(badCard))
    const leased = sql`select id from sagas
      where lease_until > utc_timestamp(3) + interval 5 second`
    expect(await world.query(leased)).toHaveLength(1)
  })

  describe('a recovery that is killed itself leaves the rest to the next', () => {
    const undoing = [
      ...['committed 1', 'committed 2', 'committed 3', 'committed 4', 'committed 5'],
      'order.stock.returned 1',
    ]
    test.each(undoing)('while undoing, at %s', async (where) => {
      await world.killAt('committed 1', () => place(card))
      await world.expireLeases()
      await world.killAt(where, () => recoverSagas(world.options, flowOf))
      expect(await world.recoverAll()).toBe(0)
      await expectEnd('cancelled undone')
    })

    test('while finishing, before its commit', async () => {
      await world.killAt('payment.collected', () => place(card))
      await world.expireLeases()
      await world.killAt('effects.published', () => recoverSagas(world.options, flowOf))
      expect(await world.recoverAll()).toBe(0)
      await expectEnd('paid')
    })
  })

  describe('a request that dies while it undoes', () => {
    test.each(['committed 3', 'committed 4', 'order.stock.returned 1'])('at %s', async (where) => {
      await world.killAt(where, () => place(badCard))
      expect(await world.recoverAll()).toBe(0)
      await expectEnd('cancelled undone')
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

  test('no row of a saga has the token of the card', async () => {
    const payment = { method: 'card', cardToken: 'card-4711' } as const
    const { id } = await world.place('after', ['1x1'])
    await world.pay('after', id, payment)
    await world.killAt('payment.collecting', () => place(payment))
    const rows = await world.query(sql`
      select state from sagas union all select state from saga_steps`)
    expect(rows.length).toBeGreaterThan(6)
    expect(JSON.stringify(rows)).not.toContain('4711')
  })

  test('a saga of an older version, of lines without kind and units, is undone', async () => {
    await world.killAt('committed 1', () => place(card))
    const younger = [0, 1].flatMap((line) => [`$.lines[${line}].kind`, `$.lines[${line}].units`])
    for (const table of [sql`sagas`, sql`saga_steps`]) {
      await world.query(sql`update ${table} set state = json_remove(state, ${listOf(younger)})`)
    }
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
    await world.killAt('committed 1', () => place(card))
    await world.expireLeases()
    expect(await recover()).toEqual({ ended: 1, left: 3 })
    await world.query(sql`delete from sagas where idempotency_key = 'poison'`)
    await expectEnd('cancelled undone')
  })
})
