import { expect, spyOn, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import { IdsUnavailable } from '../clients/ticket-client.ts'
import type { Services } from '../ctx.ts'
import { connect } from '../db/connections.ts'
import { defaultLimits } from '../db/pool.ts'
import { AdaptiveAdmission, idlePool } from '../designs/admission/adaptive/adaptive.ts'
import { RateLimitedAdmission } from '../designs/admission/rate-limited.ts'
import { type ProblemCode, problems } from '../errors.ts'
import { chargeBalance } from '../flows/users.ts'
import { openRedis } from '../redis.ts'
import {
  type AppOptions,
  appForTest,
  jsonRequest,
  tokenForTest,
  withToken,
} from '../testing/app-for-test.ts'
import { boardProblems } from '../testing/board-problems.ts'
import { couponProblems } from '../testing/coupon-problems.ts'
import { describeLive, withWorld } from '../testing/fixtures.ts'
import { intakeProblems } from '../testing/intake-problems.ts'
import { flawsOf } from '../testing/problems.ts'
import { badCard, balance, card, newKey, orderBody } from '../testing/shopping.ts'

const reached = new Set<ProblemCode>()

describeLive('every problem', ['TEST_DATABASE_URL'], () => {
  const world = withWorld('problems')
  const shop = ({ services, ...options }: AppOptions = {}) =>
    appForTest({ ...options, services: { ...world.services, ...services } }).app

  type Shop = ReturnType<typeof shop>
  const post = (app: Shop, path: string, body: object, headers: Record<string, string> = {}) =>
    app.request(path, jsonRequest('POST', body, { 'idempotency-key': newKey(), ...headers }))
  const order = (app: Shop, more: object = {}, headers: Record<string, string> = {}) =>
    post(app, '/api/v1/orders', orderBody(['1x1'], more), headers)

  async function isProblem(response: Response, code: ProblemCode) {
    expect(await flawsOf(response, [code], null)).toEqual([])
    const saysWhen = [429, 503].includes(problems[code].status) ? '1' : null
    const expected = code === 'coupon-pool-empty' ? '2' : saysWhen
    expect(response.headers.get('retry-after')).toBe(expected)
    reached.add(code)
  }

  async function placed(app: Shop): Promise<{ id: string }> {
    const response = await order(app)
    expect(response.status).toBe(201)
    return (await response.json()) as { id: string }
  }

  const paidOrder = async (app: Shop) =>
    ((await (await order(app, { payment: balance })).json()) as { id: string }).id

  const worker = (app: Shop, orderId: string, verb: 'claim' | 'done', workerId: string) =>
    post(app, `/api/v1/dispatches/${orderId}/${verb}`, { workerId })

  const throwing = (error: Error) => () => Promise.reject(error)

  const cases: Partial<Record<ProblemCode, () => Promise<Response>>> = {
    'invalid-request': async () => order(shop(), { items: [] }),
    'idempotency-key-missing': async () => order(shop(), {}, { 'idempotency-key': '' }),
    'unknown-design': async () => order(shop(), {}, { 'x-design': 'ids=none' }),
    'design-refused': async () =>
      order(shop(), {}, { 'x-design': 'before,transaction=single-statement' }),
    'invalid-fault': async () => putFault({ latencyMs: -1 }, 'Bearer a-token-of-its-own'),
    unauthorized: async () => putFault({}, 'Bearer another-token-here'),
    'not-found': async () => order(shop(), { userId: '404' }),
    'method-not-allowed': async () => shop().request('/api/v1/orders'),
    'body-timeout': async () => {
      const body = new ReadableStream({ start: (stream) => stream.enqueue(new Uint8Array([32])) })
      const init = { ...jsonRequest('POST', {}, { 'idempotency-key': newKey() }), body }
      return shop({ requestTimeoutMs: 2 }).request('/api/v1/orders', init)
    },
    'payload-too-large': async () => order(shop(), { extra: 'x'.repeat(70_000) }),
    'unsupported-media-type': async () => order(shop(), {}, { 'content-type': 'text/plain' }),
    'unsupported-content-coding': async () => order(shop(), {}, { 'content-encoding': 'gzip' }),
    'card-declined': async () => order(shop(), { payment: badCard }),
    async 'insufficient-balance'() {
      await world.query(sql`update users set balance_minor = 0 where id = 1`)
      return order(shop(), { payment: balance })
    },
    async 'balance-conflict'() {
      world.script.on('order.quoted', async () => {
        await chargeBalance(world.ctx('after'), '1', 500, newKey())
      })
      return order(shop(), { payment: balance })
    },
    'sold-out': async () => order(shop(), orderBody(['2x20'])),
    'cart-empty': async () => post(shop(), '/api/v1/orders', { userId: '1', fromCart: true }),
    async 'cart-changed'() {
      await post(shop(), '/api/v1/carts/1/items', { optionId: '3', quantity: 1 })
      world.script.on(
        'order.quoted',
        async () => void (await world.query(sql`delete from cart_items`)),
      )
      return post(shop(), '/api/v1/orders', { userId: '1', fromCart: true })
    },
    async 'cart-full'() {
      await post(shop(), '/api/v1/carts/1/items', { optionId: '3', quantity: 99 })
      return post(shop(), '/api/v1/carts/1/items', { optionId: '3', quantity: 1 })
    },
    async 'epoch-conflict'() {
      const change = { design: 'before', epoch: 7 }
      const app = shop({ token: tokenForTest })
      return app.request('/designs', jsonRequest('PUT', change, withToken))
    },
    async 'order-not-payable'() {
      const { id: orderId } = await placed(shop())
      await post(shop(), '/api/v1/payments', { orderId, ...balance })
      return post(shop(), '/api/v1/payments', { orderId, ...balance })
    },
    async 'order-not-cancellable'() {
      const { id: orderId } = await placed(shop())
      await post(shop(), '/api/v1/payments', { orderId, ...balance })
      return shop().request(`/api/v1/orders/${orderId}/cancel`, { method: 'POST' })
    },
    async 'already-dispatched'() {
      const orderId = await paidOrder(shop())
      await worker(shop(), orderId, 'claim', 'one')
      return worker(shop(), orderId, 'claim', 'other')
    },
    async 'not-dispatched'() {
      const orderId = await paidOrder(shop())
      await worker(shop(), orderId, 'claim', 'one')
      return worker(shop(), orderId, 'done', 'other')
    },
    async 'dispatch-unavailable'() {
      const zpopmin = throwing(new Error('redis is away'))
      const redis = { zpopmin, set: zpopmin } as unknown as Services['redis']
      const app = shop({ services: { redis }, design: 'after,dispatch=queue' })
      return post(app, '/api/v1/dispatches', { workerId: 'one' })
    },
    ...couponProblems(world, { shop, order, post }),
    ...boardProblems(shop),
    ...intakeProblems(world, { shop, order }),
    async 'request-in-progress'() {
      const [here, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
      world.script.on('order.quoted', () => {
        here.resolve()
        return goOn.promise
      })
      const key = { 'idempotency-key': newKey() }
      const first = order(shop(), {}, key)
      await here.promise
      const second = await order(shop(), {}, key)
      goOn.resolve()
      expect((await first).status).toBe(201)
      return second
    },
    async 'idempotency-key-reused'() {
      const key = { 'idempotency-key': newKey() }
      await order(shop(), {}, key)
      return order(shop(), orderBody(['1x2']), key)
    },
    async 'rate-limited'() {
      const admission = new RateLimitedAdmission({ pay: 1, order: 1, browse: 1 })
      const app = shop({
        design: 'after,admission=rate-limited',
        open: (options) => options.provide('admission', 'rate-limited', admission),
      })
      expect((await order(app)).status).toBe(201)
      return leavesNoKey(async (headers) => order(app, {}, headers))
    },
    async 'bank-unavailable'() {
      world.script.bankHeaders = () => ({ 'x-bank-outcome': 'error' })
      return order(shop(), { payment: card })
    },
    async 'bank-refused'() {
      world.script.on('payment.collecting', async () => {
        const [row] = await world.query<{ reference: string }>(sql`select reference from payments`)
        world.bank.ledger.charge(row?.reference ?? '', 1, card.cardToken)
      })
      return order(shop(), { payment: card })
    },
    async 'bank-unknown'() {
      world.bank.loses = () => 'lost'
      return order(shop({ design: 'before' }), { payment: card })
    },
    async 'partner-failed'() {
      world.bank.partners.setFailure('messages', 1)
      return order(shop({ design: 'before' }), { payment: balance })
    },
    async 'ids-unavailable'() {
      const take = throwing(new IdsUnavailable('no ids'))
      return order(shop({ services: { tickets: { ...world.services.tickets, take } } }))
    },
    async 'stock-unavailable'() {
      const redis = openRedis('redis://127.0.0.1:9', 'problems')
      redis.disconnect()
      return order(shop({ services: { redis }, design: 'after,stock=redis-counter' }))
    },
    async 'lock-contention'() {
      world.script.on('order.stock.taken', throwing(Object.assign(new Error(), { errno: 1213 })))
      return order(shop())
    },
    async overloaded() {
      const limit = { initial: 1, min: 1, max: 1 }
      const admission = new AdaptiveAdmission({ limit, pool: idlePool })
      await admission.gate.enter('pay', true, () => new AbortController().signal)
      const open: AppOptions['open'] = (options) =>
        options.provide('admission', 'adaptive', admission)
      return leavesNoKey(async (headers) => order(shop({ open }), {}, headers))
    },
    'pool-exhausted': async () => withConnections({ connections: 1, queueLimit: 1 }, poolFull),
    'database-unavailable': async () =>
      withConnections({}, async (services) => order(shop({ services })), noServer),
    async 'commit-unknown'() {
      world.script.on('order.written', async () => world.proxy.lose('COMMIT', 'answer'))
      const ask = async (services: Partial<Services>) => order(shop({ services, design: 'before' }))
      return await withConnections({}, ask, world.proxy.through(world.databaseUrl))
    },
    async 'in-recovery'() {
      world.script.on('payment.settled', throwing(new Error('died here')))
      return order(shop(), { payment: card })
    },
    async 'deadline-exceeded'() {
      const goOn = Promise.withResolvers<void>()
      const done = Promise.withResolvers<void>()
      world.script.on('order.quoted', () => goOn.promise)
      world.script.on('order.written', async () => done.resolve())
      const response = await order(shop({ requestTimeoutMs: 1 }))
      goOn.resolve()
      await done.promise
      return response
    },
    async draining() {
      const { app, readiness } = appForTest({ services: world.services })
      readiness.draining = true
      return app.request('/readyz')
    },
    async internal() {
      world.script.on('order.quoted', throwing(new Error('select secret from users where 1')))
      return order(shop())
    },
  }

  /** What admission refuses was never begun: the key is free for the next try. */
  async function leavesNoKey(
    ask: (headers: Record<string, string>) => Promise<Response>,
  ): Promise<Response> {
    const key = newKey()
    const response = await ask({ 'idempotency-key': key })
    const claims = sql`select 1 from idempotency_keys where idempotency_key = ${key}`
    expect(await world.query(claims)).toEqual([])
    return response
  }

  async function putFault(body: object, authorization: string): Promise<Response> {
    const app = shop({ token: 'a-token-of-its-own' })
    return app.request('/chaos/faults/bank', jsonRequest('PUT', body, { authorization }))
  }

  const noServer = 'mysql://root@127.0.0.1:1/stampede_none'

  async function withConnections(
    limits: object,
    ask: (services: Partial<Services>) => Promise<Response>,
    url = world.databaseUrl,
  ): Promise<Response> {
    const connections = connect(url, { ...defaultLimits, ...limits })
    try {
      return await ask({ connections })
    } finally {
      await connections.close()
    }
  }

  async function poolFull({ connections = world.services.connections }: Partial<Services>) {
    const [here, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const held = connections.use(() => {
      here.resolve()
      return goOn.promise
    })
    await here.promise
    const queued = connections.use(async () => {})
    const response = await order(shop({ services: { connections } }))
    goOn.resolve()
    await Promise.all([held, queued])
    return response
  }

  /** Codes of unexpected errors, which are logged. */
  const loud = ['internal', 'in-recovery']

  test.each(Object.keys(problems) as ProblemCode[])('%s', async (code) => {
    const ask = cases[code]
    if (!ask) throw new Error(`no case reaches ${code}`)
    using logged = spyOn(console, 'error').mockImplementation(() => {})
    await isProblem(await ask(), code)
    if (!loud.includes(code)) expect(logged.mock.calls).toEqual([])
  })

  test('no code is left out', () => {
    expect([...reached].sort()).toEqual((Object.keys(problems) as ProblemCode[]).sort())
  })
})
