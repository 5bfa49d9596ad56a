import { beforeAll, describe, expect, spyOn, test } from 'bun:test'
import { type SQL, sql } from 'drizzle-orm'
import type { Connections } from '../db/connections.ts'
import { Problem } from '../errors.ts'
import { type AppOptions, appForTest } from '../testing/app-for-test.ts'
import { describeLive, withWorld } from '../testing/fixtures.ts'
import { keyedPost } from '../testing/keyed-post.ts'
import { card, newKey, orderBody } from '../testing/shopping.ts'
import { KeyClaim, KeyClaims } from './key-claims.ts'

const world = withWorld('key_claims', { isAudited: true, isBehindProxy: true })
const shop = (options: AppOptions = {}) => appForTest({ services: world.services, ...options }).app
let app: ReturnType<typeof shop>
/** Another process: it knows of the keys what the database does. */
let elsewhere: typeof app

const order = (key: string, on = app) => keyedPost(on, '/orders', orderBody(['1x1']), key)
const made = { status: 201, isReplay: false }
const expireKeys = () => world.query(sql`update idempotency_keys set locked_until = '2001-01-01'`)

/** From now on, after so many times more, there is no connection. @returns ends it */
function exhaust(pool: Connections, verb: 'use' | 'transaction', after = 0): () => void {
  const own: Connections['use'] = pool[verb]
  let rest = after
  const lend = (work: never) =>
    rest-- > 0 ? own(work) : Promise.reject(new Problem('pool-exhausted'))
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
      const restore = exhaust(world.services.connections, 'use', 1)
      expect(await order(key)).toMatchObject(refused)
      restore()
      expect(await order(key, elsewhere)).toMatchObject(made)
    })

    test('where no connection at all is left to write that', async () => {
      const key = newKey()
      const { connections, side } = world.services
      const restores = [exhaust(connections, 'use', 1), exhaust(side, 'transaction')]
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
