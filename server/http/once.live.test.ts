import { beforeAll, describe, expect, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import { Problem } from '../errors.ts'
import { appForTest } from '../testing/app-for-test.ts'
import { eventually } from '../testing/barrier.ts'
import { describeLive, withWorld } from '../testing/fixtures.ts'
import { keyedPost } from '../testing/keyed-post.ts'
import { badCard, card, newKey, orderBody } from '../testing/shopping.ts'

const world = withWorld('once', { isAudited: true })
let app: ReturnType<typeof appForTest>['app']

/** A busy machine takes its time. */
const busy = { deadlineMs: 20_000 }
const order = (more: object = {}) => orderBody(['1x1', '1x2'], more)

const post = (path: string, body: unknown, key?: string, on = app) => keyedPost(on, path, body, key)

const expireKeys = () => world.query(sql`update idempotency_keys set locked_until = '2001-01-01'`)

/** From now on the pool has nothing to give for single statements. */
function exhaust(): () => void {
  const { connections } = world.services
  const { use } = connections
  connections.use = () => Promise.reject(new Problem('pool-exhausted'))
  return () => {
    connections.use = use
  }
}

describeLive('once', ['TEST_DATABASE_URL'], () => {
  beforeAll(() => {
    app = appForTest({ services: world.services }).app
  })

  describe('a key', () => {
    test('is required', async () => {
      expect(await post('/orders', order())).toMatchObject({
        status: 400,
        body: { code: 'idempotency-key-missing', definite: true },
      })
      expect(await world.orderStates()).toEqual([])
    })

    test('stands for one payload on one route', async () => {
      const key = newKey()
      const { body } = await post('/orders', order(), key)
      const reused = { status: 422, body: { code: 'idempotency-key-reused', definite: true } }
      expect(await post('/orders', order({ userId: '2' }), key)).toMatchObject(reused)
      expect(await post('/orders', order({ payment: card }), key)).toMatchObject(reused)
      expect(await post('/payments', { orderId: body.id, ...card }, key)).toMatchObject(reused)
      expect(await world.orderStates()).toEqual(['pending'])
    })

    test('is the same with and without the quotes of the draft', async () => {
      const key = newKey()
      const first = await post('/orders', order(), key)
      expect(await post('/orders', order(), `"${key}"`)).toEqual({ ...first, isReplay: true })
    })
  })

  describe('a repeat', () => {
    const answers: [string, number, object][] = [
      ['an order', 201, {}],
      ['an order that is paid at once', 201, { payment: card }],
      ['a declined card', 402, { payment: badCard }],
      ['a sold-out item', 409, orderBody(['2x20'])],
      ['a user that does not exist', 404, { userId: '777' }],
    ]
    test.each(answers)('of %s gets the same bytes, marked', async (_what, status, body) => {
      const key = newKey()
      const first = await post('/orders', order(body), key)
      expect([first.status, first.isReplay]).toEqual([status, false])
      const elsewhere = appForTest({ services: world.others }).app
      for (const on of [app, elsewhere]) {
        expect(await post('/orders', order(body), key, on)).toEqual({ ...first, isReplay: true })
      }
    })

    test('of a payment gets the same bytes, marked', async () => {
      const { body } = await post('/orders', order(), newKey())
      const payment = { orderId: body.id, ...card }
      const key = newKey()
      const first = await post('/payments', payment, key)
      expect(first).toMatchObject({ status: 201, isReplay: false, body: { status: 'captured' } })
      expect(await post('/payments', payment, key)).toEqual({ ...first, isReplay: true })
      expect(world.bank.ledger.list()).toHaveLength(1)
    })

    test('of a payment that the bank was silent about gets its 202 again', async () => {
      const { body } = await post('/orders', order(), newKey())
      const payment = { orderId: body.id, ...card }
      const key = newKey()
      world.bank.loses = (call) => (call === 'POST /v1/charges' ? 'lost' : undefined)
      const first = await post('/payments', payment, key)
      expect(first).toMatchObject({ status: 202, body: { status: 'unknown' } })
      expect(await post('/payments', payment, key)).toEqual({ ...first, isReplay: true })
      await world.recoverAll()
      const read = await app.request(`/api/v1/payments/${first.body.id}`)
      expect(await read.json()).toMatchObject({ status: 'captured' })
    })
  })

  test.each(['before', 'after'])('20 at once make one order, design %s', async (name) => {
    const key = newKey()
    const { app: designed } = appForTest({ services: world.services, design: name })
    const body = order({ payment: card })
    const tries = Array.from({ length: 20 }, () => post('/orders', body, key, designed))
    const answers = await Promise.all(tries)
    const made = answers.filter(({ status }) => status === 201)
    expect(new Set(made.map(({ text }) => text)).size).toBe(1)
    expect(made.filter(({ isReplay }) => !isReplay)).toHaveLength(1)
    for (const { status, body } of answers) {
      if (status !== 201) expect(body.code).toBe('request-in-progress')
    }
    expect(await world.orderStates()).toEqual(['paid'])
    expect(world.bank.ledger.list()).toHaveLength(1)
  })

  const running = { status: 409, body: { code: 'request-in-progress', definite: false } }

  test('while the first runs the second is refused, then gets its answer', async () => {
    const key = newKey()
    const send = () => post('/orders', order({ payment: card }), key)
    const first = await world.pauseAt('payment.collecting', send)
    expect(await send()).toMatchObject(running)
    const answer = await first.resume()
    expect(answer).toMatchObject({ status: 201, isReplay: false })
    expect(await send()).toEqual({ ...answer, isReplay: true })
  })

  test('an answer that took too long is had by asking again', async () => {
    const key = newKey()
    const hasty = appForTest({ services: world.services, requestTimeoutMs: 1 }).app
    const late = await post('/orders', order({ payment: card }), key, hasty)
    expect(late).toMatchObject({
      status: 503,
      body: { code: 'deadline-exceeded', definite: false },
    })
    const isClaimed = async () =>
      (await world.query(sql`select 1 from idempotency_keys where idempotency_key = ${key}`))
        .length > 0
    await eventually('the first has its key', isClaimed, busy)
    const ask = async () => {
      const answer = await post('/orders', order({ payment: card }), key)
      return answer.status === 201 && answer
    }
    const settled = await eventually('a 201', ask, busy)
    expect(settled).toMatchObject({ isReplay: true, body: { status: 'paid' } })
    expect(await world.orderStates()).toEqual(['paid'])
  })

  describe('after a first try whose process died', () => {
    const again = (more: object) => (key: string) => post('/orders', order(more), key)

    test('its answer is there with the order that it made', async () => {
      const [key, send] = [newKey(), again({})]
      await world.killAt('committed 1', () => send(key))
      const replayed = { status: 201, isReplay: true, body: { status: 'pending' } }
      expect(await send(key)).toMatchObject(replayed)
      expect(await world.orderStates()).toEqual(['pending'])
    })

    test('an order that has no answer is found', async () => {
      const [key, send] = [newKey(), again({})]
      await send(key)
      await world.query(sql`update idempotency_keys set response_status = null`)
      expect(await send(key)).toMatchObject(running)
      await expireKeys()
      const found = await send(key)
      expect(found).toMatchObject({ status: 201, isReplay: false, body: { status: 'pending' } })
      expect(await send(key)).toEqual({ ...found, isReplay: true })
      expect(await world.orderStates()).toEqual(['pending'])
    })

    test.each([
      ['committed 1', 'cancelled undone'],
      ['payment.collecting', 'cancelled undone'],
      ['payment.collected', 'paid'],
    ])('at %s it waits for recovery, and then there is one paid order', async (where) => {
      const [key, send] = [newKey(), again({ payment: card })]
      await world.killAt(where, () => send(key))
      await expireKeys()
      expect(await send(key)).toMatchObject(running)
      expect(await world.recoverAll()).toBe(0)
      expect(await send(key)).toMatchObject({ status: 201, body: { status: 'paid' } })
      const standing = (await world.orderStates()).filter((state) => state !== 'cancelled undone')
      expect(standing).toEqual(['paid'])
    })

    test('before it had begun anything, it is run', async () => {
      const [key, send] = [newKey(), again({})]
      await world.killAt('begin 1', () => send(key))
      await expireKeys()
      expect(await send(key)).toMatchObject({ status: 201, isReplay: false })
      expect(await world.orderStates()).toEqual(['pending'])
    })
  })

  describe('a definite 503', () => {
    test('leaves the key as if it had never been used', async () => {
      const key = newKey()
      world.script.bankHeaders = () => ({ 'x-bank-outcome': 'error' })
      const refused = await post('/orders', order({ payment: card }), key)
      expect(refused).toMatchObject({ status: 503, body: { definite: true } })
      world.script.clear()
      expect(await post('/orders', order({ payment: card }), key)).toMatchObject({
        status: 201,
        isReplay: false,
      })
    })

    test('is not given for an order that is there', async () => {
      world.script.on('committed', async (pass) => {
        if (pass === 1) restore = exhaust()
      })
      let restore = () => {}
      const key = newKey()
      const answer = await post('/orders', order(), key)
      restore()
      expect(await world.orderStates()).toEqual(['pending'])
      if (answer.status !== 201) expect(answer.body).toMatchObject({ definite: false })
      await expireKeys()
      expect(await post('/orders', order(), key)).toMatchObject({ status: 201 })
      expect(await world.orderStates()).toEqual(['pending'])
    })
  })
})
