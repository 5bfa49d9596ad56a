import { beforeAll, describe, expect, spyOn, test } from 'bun:test'
import { type SQL, sql } from 'drizzle-orm'
import { type Connections, connect } from '../db/connections.ts'
import { defaultLimits } from '../db/pool.ts'
import { Problem } from '../errors.ts'
import { type AppOptions, appForTest } from '../testing/app-for-test.ts'
import { eventually } from '../testing/barrier.ts'
import { describeLive, withWorld } from '../testing/fixtures.ts'
import { keyedPost } from '../testing/keyed-post.ts'
import { card, newKey, orderBody, outcomeOf } from '../testing/shopping.ts'
import { KeyClaim, KeyClaims } from './key-claims.ts'

const world = withWorld('key_claims', { isAudited: true, isBehindProxy: true })
const shop = (options: AppOptions = {}) => appForTest({ services: world.services, ...options }).app
let app: ReturnType<typeof shop>
/** Another process: it knows of the keys what the database does. */
let elsewhere: typeof app

const order = (key: string, on = app) => keyedPost(on, '/orders', orderBody(['1x1']), key)
const made = { status: 201, isReplay: false }
const expireKeys = () => world.query(sql`update idempotency_keys set locked_until = '2001-01-01'`)

/** From now on there is no connection for it. @returns ends it */
function exhaust(pool: Connections, verb: 'readShared' | 'transaction'): () => void {
  const own = pool[verb]
  const lend = () => Promise.reject(new Problem('pool-exhausted'))
  Object.assign(pool, { [verb]: lend })
  return () => Object.assign(pool, { [verb]: own })
}

describeLive('claims of keys', ['TEST_DATABASE_URL'], () => {
  beforeAll(() => {
    app = shop()
    elsewhere = shop()
  })

  describe('a request that surely did nothing leaves its key free at once', () => {
    const refused = { status: 503, body: { code: 'pool-exhausted', definite: true } }

    test('where it found no connection', async () => {
      const key = newKey()
      const restore = exhaust(world.services.connections, 'readShared')
      expect(await order(key)).toMatchObject(refused)
      restore()
      expect(await order(key, elsewhere)).toMatchObject(made)
    })

    test('where no connection at all is left to write that', async () => {
      const key = newKey()
      const { connections, side } = world.services
      const restores = [exhaust(connections, 'readShared'), exhaust(side, 'transaction')]
      expect(await order(key)).toMatchObject(refused)
      restores[0]?.()
      expect(await order(key)).toMatchObject(made)
      restores[1]?.()
    })

    test('where the answer to its claim was lost', async () => {
      const key = newKey()
      world.proxy.lose('insert ignore into idempotency_keys', 'answer')
      expect(await order(key)).toMatchObject({ status: 503 })
      expect(await order(key, elsewhere)).toMatchObject(made)
    })
  })

  describe('a request whose key another has taken over', () => {
    test('frees nothing, and a repeat gets what the other did', async () => {
      const key = newKey()
      const first = await world.pauseAt('order.quoted', () => order(key))
      await expireKeys()
      const second = await order(key, elsewhere)
      expect(second).toMatchObject(made)
      const restore = exhaust(world.services.connections, 'transaction')
      expect(await first.resume()).toMatchObject({ status: 503 })
      restore()
      expect(await order(key)).toEqual({ ...second, isReplay: true })
    })

    test('refuses nothing for good', async () => {
      const key = newKey()
      const first = await world.pauseAt('order.quoted', () => order(key))
      await expireKeys()
      const second = await order(key, elsewhere)
      expect(await first.resume()).toMatchObject({ body: { code: 'request-in-progress' } })
      expect(await order(key)).toEqual({ ...second, isReplay: true })
    })
  })

  test('who took a key over is answered with what the first did after all', async () => {
    const before = shop({ design: 'before' })
    const { body } = await keyedPost(before, '/orders', orderBody(['1x1']), newKey())
    const key = newKey()
    const pay = () => keyedPost(before, '/payments', { orderId: body.id, ...card }, key)
    const first = await world.pauseAt('payment.collected', pay)
    await expireKeys()
    const second = pay()
    await world.endsOrWaits(second)
    const captured = await first.resume()
    expect(captured).toMatchObject({ status: 201, body: { status: 'captured' } })
    expect(await second).toEqual(captured)
    expect(await pay()).toEqual({ ...captured, isReplay: true })
  })

  const late = {
    'is gone': sql`delete from idempotency_keys`,
    'is left': sql`update idempotency_keys set locked_until = '1970-01-01'`,
  }
  test.each(Object.entries(late))(
    'a row that %s while it is looked at is claimed',
    async (_, end) => {
      const { connections, side } = world.services
      await new KeyClaims({ connections, side }).claim('ends', '')
      await expireKeys()
      let looks = 0
      const meanwhile: Connections['use'] = (work) =>
        connections.use((db) => {
          const rows = db.rows.bind(db)
          const ends = spyOn(db, 'rows').mockImplementation(async (query: SQL) => {
            const isFirst = ++looks === 1
            if (isFirst && end === late['is gone']) await world.query(end)
            const found = await rows(query)
            if (isFirst) await world.query(end)
            return found as never
          })
          return work(db).finally(() => ends.mockRestore())
        })
      const claims = new KeyClaims({ connections: { ...connections, use: meanwhile }, side })
      expect(await claims.claim('ends', '')).toBeInstanceOf(KeyClaim)
    },
  )

  test('claims at once are one statement, and of two of one key one is had', async () => {
    const { connections, side } = world.services
    const claims = new KeyClaims({ connections, side })
    const sent = connections.counters.statements
    const shared = () =>
      ['_sum', '_count'].map(
        (end) =>
          connections.shared
            .read()
            .find(({ labels, suffix }) => labels.work === 'key-claims' && suffix === end)?.value ??
          0,
      ) as [number, number]
    const before = shared()
    const keys = ['one', 'two', 'one', 'three']
    const had = await Promise.all(keys.map((key) => outcomeOf(claims.claim(key, 'same'))))
    // The loser reads whose its key is; that the insert left one out takes another look.
    expect(connections.counters.statements - sent).toBe(3)
    expect(shared()).toEqual([before[0] + 4, before[1] + 1])
    const progress = had.map((claim) => (claim instanceof KeyClaim ? claim.key : claim))
    expect(progress).toEqual(['one', 'two', 'request-in-progress', 'three'])
  })

  test('a row that another holds is waited for by its own claim alone', async () => {
    const impatient = connect(world.databaseUrl, { ...defaultLimits, lockWaitTimeoutSeconds: 1 })
    const { side } = world.services
    const claims = new KeyClaims({ connections: impatient, side })
    await claims.claim('held', 'other')
    const end = Promise.withResolvers<void>()
    const holding = world.others.connections.transaction(async (db) => {
      await db.rows(sql`select 1 from idempotency_keys where idempotency_key = 'held' for update`)
      await end.promise
    })
    await eventually('the row is held', async () => {
      const probe = sql`select 1 from idempotency_keys where idempotency_key = 'held'
        for update nowait`
      return (await outcomeOf(world.services.connections.rows(probe))) === 'lock-contention'
    })
    const keys = ['free', 'held', 'open']
    const works = keys.map((key) => outcomeOf(claims.claim(key, 'same')))
    expect(await Promise.all([works[0], works[2]])).toMatchObject([
      { key: 'free' },
      { key: 'open' },
    ])
    end.resolve()
    await holding
    expect(['idempotency-key-reused', 'lock-contention']).toContain(String(await works[1]))
    await impatient.close()
  })

  test('a renewal that comes late does not hold a key that was left', async () => {
    const [sent, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const { connections, side } = world.services
    const held: Promise<number>[] = []
    const slow: typeof side = {
      ...side,
      change(statement) {
        if (held.length > 0) return side.change(statement)
        sent.resolve()
        held.push(goOn.promise.then(() => side.change(statement)))
        return held[0] as Promise<number>
      },
    }
    const claims = new KeyClaims({ connections, side: slow }, 1)
    const claim = await claims.claim('late', '')
    if (!(claim instanceof KeyClaim)) throw new Error('the key was used before')
    const stop = claim.renewing()
    await sent.promise
    stop()
    await claim.leave()
    goOn.resolve()
    await held[0]
    expect(await claims.claim('late', '')).toMatchObject({ isTakenOver: true })
  })
})
