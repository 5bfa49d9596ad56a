import { beforeAll, describe, expect, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import { QueuedAdmission } from '../designs/admission/queued/queued.ts'
import { parseDesign } from '../designs/design.ts'
import type { OpenedOptions } from '../designs/opened-options.ts'
import { appForTest } from '../testing/app-for-test.ts'
import { describeLive, withWorld } from '../testing/fixtures.ts'
import { keyedPost } from '../testing/keyed-post.ts'
import { badCard, balance, card, newKey, orderBody } from '../testing/shopping.ts'
import { IntakePlacer } from './intakes.ts'

const world = withWorld('intakes', { isAudited: true })
let app: ReturnType<typeof appForTest>['app']
let direct: typeof app

const order = (key = newKey(), more: object = {}) =>
  keyedPost(app, '/orders', orderBody(['1x1', '1x2'], more), key)

/** A worker's process. */
const workerOn = (options: OpenedOptions, limits = {}, design = 'after,ids=sequence-table') =>
  new IntakePlacer(options, () => parseDesign(design), { tried: () => {} }, limits)

/** Lets a worker place everything that is due. */
async function placeAll(worker = workerOn(world.otherOptions)) {
  while (await worker.turn());
  await worker.drain()
}

async function ask(id: unknown) {
  const response = await app.request(`/api/v1/intakes/${id}`)
  const body = (await response.json()) as { status: string; order: object; problem: object }
  return { status: response.status, retryAfter: response.headers.get('retry-after'), body }
}

/** As if leases and claims of dead processes had run out. */
async function expireAll() {
  await world.query(sql`update order_intakes set due_at = '2001-01-01' where status = 'waiting'`)
  await world.query(sql`update idempotency_keys set locked_until = '2001-01-01'`)
  await world.recoverAll()
}

const charges = () => world.bank.ledger.list().filter(({ status }) => status === 'captured')

describeLive('intakes', ['TEST_DATABASE_URL'], () => {
  beforeAll(() => {
    app = appForTest({ services: world.services, design: 'after,admission=queued' }).app
    direct = appForTest({ services: world.services, design: 'after,ids=sequence-table' }).app
  })

  test('an order is answered with 202 and placed later', async () => {
    const request = { method: 'POST', headers: { 'idempotency-key': newKey() } }
    const taken = await app.request('/api/v1/orders', {
      ...request,
      headers: { ...request.headers, 'content-type': 'application/json' },
      body: JSON.stringify(orderBody(['1x1'], { payment: card })),
    })
    expect([taken.status, taken.headers.get('retry-after')]).toEqual([202, '1'])
    const { intakeId } = (await taken.json()) as { intakeId: string }
    expect(taken.headers.get('location')).toBe(`/api/v1/intakes/${intakeId}`)
    expect(await world.orderStates()).toEqual([])
    expect(await ask(intakeId)).toMatchObject({ retryAfter: '1', body: { status: 'waiting' } })
    await placeAll()
    const { retryAfter, body } = await ask(intakeId)
    const paid = { status: 'paid', payment: { status: 'captured' } }
    expect([retryAfter, body]).toMatchObject([null, { status: 'placed', order: paid }])
    expect(await world.orderStates()).toEqual(['paid'])
    const left = sql`select request, attempts from order_intakes`
    expect(await world.query<object>(left)).toEqual([{ request: null, attempts: 1 }])
  })

  test('an order that cannot be placed is refused with its problem, for good', async () => {
    const cases = { 'sold-out': { items: [{ optionId: '20', quantity: 2 }] } }
    for (const [code, more] of Object.entries({
      ...cases,
      'card-declined': { payment: badCard },
      'not-found': { userId: '999' },
      'cart-empty': { items: undefined, fromCart: true },
    })) {
      const { body } = await order(newKey(), more)
      await placeAll()
      expect((await ask(body.intakeId)).body).toMatchObject({
        status: 'refused',
        problem: { code },
      })
    }
    expect(await world.stockOf('20')).toBe(1)
  })

  describe('a key', () => {
    test('has one intake, before and after it is placed, however often it is sent', async () => {
      const key = newKey()
      const answers = await Promise.all([order(key), order(key), order(key)])
      expect(new Set(answers.map(({ body }) => body.intakeId)).size).toBe(1)
      expect(answers.map(({ status }) => status)).toEqual([202, 202, 202])
      await placeAll()
      const { status, isReplay, body } = await order(key)
      expect([status, isReplay, body]).toMatchObject([202, true, { status: 'placed' }])
      expect(await world.orderStates()).toEqual(['pending'])
    })

    test('stands for one payload', async () => {
      const key = newKey()
      await order(key)
      const other = await order(key, { userId: '2' })
      expect(other).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } })
      await placeAll()
    })

    test('of a payment is refused when the order is to be placed', async () => {
      const key = newKey()
      const { id: orderId } = await world.place('after', ['1x1'])
      await keyedPost(direct, '/payments', { orderId, ...balance }, key)
      const { body } = await order(key)
      await placeAll()
      expect((await ask(body.intakeId)).body).toMatchObject({
        status: 'refused',
        problem: { code: 'idempotency-key-reused' },
      })
    })

    test('that was used before the flag moved has the order that there is', async () => {
      const key = newKey()
      const placed = await keyedPost(direct, '/orders', orderBody(['1x1', '1x2']), key)
      const { body } = await order(key)
      await placeAll()
      expect((await ask(body.intakeId)).body.order).toEqual(placed.body)
      expect(await world.orderStates()).toEqual(['pending'])
    })

    test('that is asked again after the flag has moved back orders once', async () => {
      const key = newKey()
      const { body } = await order(key)
      const placed = await keyedPost(direct, '/orders', orderBody(['1x1', '1x2']), key)
      expect(placed.status).toBe(201)
      await placeAll()
      expect((await ask(body.intakeId)).body.order).toEqual(placed.body)
      expect(await world.orderStates()).toEqual(['pending'])
    })
  })

  test('no more than may wait are taken; a known key is not refused', async () => {
    const { connections } = world.services
    const admission = new QueuedAdmission({ connections, waitingMax: 3 })
    const open = (options: OpenedOptions) => options.provide('admission', 'queued', admission)
    const design = 'after,admission=queued'
    const small = appForTest({ services: world.services, design, open }).app
    const send = (key: string) => keyedPost(small, '/orders', orderBody(['1x1']), key)
    const known = newKey()
    const first = await send(known)
    for (const key of [newKey(), newKey()]) expect((await send(key)).status).toBe(202)
    const full = await send(newKey())
    expect(full).toMatchObject({ status: 503, body: { code: 'overloaded', definite: true } })
    const { status, body } = await send(known)
    expect([status, body.intakeId]).toEqual([202, first.body.intakeId])
    expect(admission.counts).toEqual({ taken: 3, turnedAway: 1 })
    await placeAll()
  })

  test('workers at once place each order once', async () => {
    const keys = Array.from({ length: 24 }, newKey)
    for (const [buyer, key] of keys.entries()) {
      await order(key, { userId: String(1 + (buyer % 20)), payment: buyer % 2 ? card : balance })
    }
    const limits = { atOnceMax: 5 }
    const workers = [world.otherOptions, world.options].map((one) => workerOn(one, limits))
    await Promise.all(workers.map(placeAll))
    await expireAll()
    await placeAll()
    expect(await world.orderStates()).toEqual(keys.map(() => 'paid'))
  })

  test('an order that fails for now is put off, and placed later', async () => {
    const { body } = await order(newKey(), { payment: card })
    const { bank } = world.others
    const down = { ...bank, charge: () => Promise.reject(new Error('down')) }
    Object.assign(world.others, { bank: down })
    await placeAll()
    Object.assign(world.others, { bank })
    expect((await ask(body.intakeId)).body.status).toBe('waiting')
    await expireAll()
    await placeAll()
    expect((await ask(body.intakeId)).body.status).toBe('placed')
    expect(charges()).toHaveLength(1)
  })

  describe('an order that has waited too long', () => {
    test('is refused', async () => {
      const key = newKey()
      const { body } = await order(key, { payment: card })
      await placeAll(workerOn(world.otherOptions, { ageMsMax: -1 }))
      const problem = { code: 'intake-expired' }
      expect((await ask(body.intakeId)).body).toMatchObject({ status: 'refused', problem })
      const again = await keyedPost(
        direct,
        '/orders',
        orderBody(['1x1', '1x2'], { payment: card }),
        key,
      )
      expect(again).toMatchObject({ status: 409, body: problem, isReplay: true })
      expect(await world.orderStates()).toEqual([])
    })

    test('has its order where a dead worker had placed it', async () => {
      const { body } = await order(newKey(), { payment: card })
      await world.killAt('intake.placed', () => placeAll(workerOn(world.options)))
      await expireAll()
      await placeAll(workerOn(world.otherOptions, { ageMsMax: -1 }))
      expect((await ask(body.intakeId)).body).toMatchObject({ status: 'placed' })
      expect(charges()).toHaveLength(1)
    })
  })

  describe('kill -9', () => {
    test('of the server before its 202: the order was taken in, once', async () => {
      const key = newKey()
      await world.killAt('intake.taken', () => order(key))
      const { status } = await order(key)
      expect(status).toBe(202)
      await placeAll()
      expect(await world.orderStates()).toEqual(['pending'])
    })

    test('of the server after its 202: nothing is lost', async () => {
      await order()
      await placeAll()
      expect(await world.orderStates()).toEqual(['pending'])
    })

    // What one-big holds at the bank has no connection that could be cut here.
    const atBank = ['payment.collecting', 'payment.collected']
    const moments = ['begin 2', 'order.quoted', 'order.stock.taken', 'order.written', ...atBank]
    const cases = ['before', 'after', 'peak'].flatMap((design) =>
      [...moments, 'payment.settled', 'intake.placed']
        .filter((moment) => design !== 'before' || !atBank.includes(moment))
        .map((moment) => [design, moment] as const),
    )
    describe('of the worker', () => {
      test.each(cases)('design %s, at %s: the order is placed once', async (design, moment) => {
        const changed = `${design},ids=sequence-table`
        const { body } = await order(newKey(), { payment: card })
        await world.killAt(moment, () => placeAll(workerOn(world.options, {}, changed)))
        await world.options.settle('stock')
        for (let turn = 0; turn < 3; turn += 1) {
          await expireAll()
          await placeAll(workerOn(world.otherOptions, {}, changed))
        }
        expect((await ask(body.intakeId)).body).toMatchObject({ status: 'placed' })
        const standing = (await world.orderStates()).filter((state) => state === 'paid')
        expect(standing).toHaveLength(1)
        expect(charges()).toHaveLength(1)
        await world.otherOptions.settle('stock')
      })
    })
  })

  test('an intake that is not there', async () => {
    expect(await ask('999')).toMatchObject({ status: 404, body: { code: 'not-found' } })
    expect(await ask('abc')).toMatchObject({ status: 400, body: { code: 'invalid-request' } })
  })
})
