import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import type { FaultState } from '../../chaos/board.ts'
import { issueCoupons } from '../flows/coupons.ts'
import { type SpawnedProcess, spawnProcess } from '../spawn-process.ts'
import { jsonRequest, tokenForTest, withToken } from '../testing/app-for-test.ts'
import { eventually } from '../testing/barrier.ts'
import { describeLive, withWorld } from '../testing/fixtures.ts'
import { outcomeOf } from '../testing/shopping.ts'

/**
 * A server that ends a silent session does so within two seconds. InnoDB refreshes its table of
 * transactions only where no reader has come for 100 ms, and other tests may read it too.
 */
const patience = { deadlineMs: 15_000, pollMs: 250 }

describeLive('faults on sessions of their own', ['TEST_DATABASE_URL'], () => {
  const world = withWorld('outside')
  let board: SpawnedProcess
  beforeEach(async () => {
    const env = { CHAOS_TOKEN: tokenForTest, DATABASE_URL: world.databaseUrl }
    board = await spawnProcess(join(import.meta.dir, 'main.ts'), env)
  }, 30_000)
  afterEach(async () => {
    board.kill('SIGKILL')
    await board.exited
    const isNone = async () => (await sessions()).length === 0
    await eventually('no session is left', isNone, patience)
  }, 30_000)

  const call = async (method: string, path: string, body?: unknown) => {
    const init = body === undefined ? { method } : jsonRequest(method, body)
    return await fetch(`${board.url}/chaos/${path}`, {
      ...init,
      headers: { ...init.headers, ...withToken },
    })
  }
  const put = async (name: string, settings: object) => {
    const { status } = await call('PUT', `faults/${name}`, settings)
    expect(status).toBe(200)
  }
  const listed = async (name: string) => {
    const { faults } = (await (await call('GET', 'faults')).json()) as { faults: FaultState[] }
    return faults.find((fault) => fault.name === name)
  }
  const isLocked = (id: string) => world.isLocked('product_options', id)
  const isFree = async () => !(await isLocked('1'))
  /** Of the schema: transactions that are open, and statements of a fault. */
  const sessions = () =>
    world.query(sql`
      select id from information_schema.processlist
      where db = database() and id <> connection_id() and (info like '%/* chaos */%'
        or id in (select trx_mysql_thread_id from information_schema.innodb_trx))`)
  const waiting = () =>
    world.query(sql`
      select id from information_schema.processlist
      where db = database() and state = 'Waiting for table metadata lock'`)
  const definition = async (table: string) => {
    const [row] = await world.query<Record<string, string>>(
      sql`show create table ${sql.identifier(table)}`,
    )
    return row?.['Create Table']
  }

  const ends = {
    'a reset': async () => void (await call('POST', 'reset')),
    'its time to live': async () => {},
    'kill -9 of the board': () => void board.kill('SIGKILL'),
    'the board being frozen': () => void process.kill(board.pid, 'SIGSTOP'),
  }
  const waysToEnd = Object.entries(ends).map(([how, end]) => ({ how, end }))

  describe('lock-hold', () => {
    test.each(waysToEnd)(
      'a buyer waits for the row until $how, then has it',
      async ({ how, end }) => {
        const ttlSeconds = how === 'its time to live' ? 2 : 60
        await put('lock-hold', { rows: 4, holdMs: 10_000, ttlSeconds })
        await eventually('the row is locked', () => isLocked('1'))
        expect([await isLocked('4'), await isLocked('5')]).toEqual([true, false])
        const order = world.place(world.ctx('after,stock=conditional-update'), ['1x1'])
        expect(await world.endsOrWaits(order)).toBe('waits')
        if (how !== 'the board being frozen') {
          expect(await listed('lock-hold')).toMatchObject({ considered: 1, injected: 1 })
        }
        await end()
        await order
        await eventually('the row is free', isFree, patience)
        expect(await world.stockOf('1')).toBe(99)
        expect(await world.audit()).toEqual([])
      },
      30_000,
    )

    test('aimed at an item, it locks that row alone', async () => {
      await put('lock-hold', { holdMs: 10_000, target: { item: '7' } })
      await eventually('the row is locked', () => isLocked('7'))
      expect(await isLocked('1')).toBe(false)
    }, 30_000)

    test('it comes again after its pause, and other settings end what is under way', async () => {
      await put('lock-hold', { holdMs: 50, pauseMs: 10 })
      await eventually(
        'a third round',
        async () => ((await listed('lock-hold'))?.injected ?? 0) > 2,
      )
      await put('lock-hold', { holdMs: 10_000, target: { item: '7' } })
      await eventually('the other row is locked', () => isLocked('7'))
      await eventually('the first is free', isFree)
    }, 30_000)
  })

  describe('metadata-lock', () => {
    test.each(waysToEnd)(
      'a reader waits behind the change until $how, and the table is as it was',
      async ({ how, end }) => {
        const before = await definition('orders')
        const ttlSeconds = how === 'its time to live' ? 2 : 60
        await put('metadata-lock', { table: 'orders', holdMs: 10_000, ttlSeconds })
        await eventually('the change waits', async () => (await waiting()).length > 0)
        const read = world.query(sql`select id from orders limit 1`)
        await eventually('the reader waits', async () => (await waiting()).length > 1)
        await end()
        expect(await read).toEqual([])
        await eventually('nothing waits', async () => (await waiting()).length === 0, patience)
        expect(await definition('orders')).toBe(before)
      },
      30_000,
    )
  })

  test.each([
    ['skip-locked', 'ends'],
    ['batched', 'waits'],
  ])(
    'coupon-pool-drained: a request of %s %s, and no number is different when it is off',
    async (option, seen) => {
      const ask = (requestId: string) => {
        const request = { partnerId: 'partner-1', productId: '1', quantity: 1, requestId }
        return issueCoupons(world.ctx(`after,coupons=${option}`), request)
      }
      await put('coupon-pool-drained', { holdMs: 10_000 })
      const bitten = async () => (await listed('coupon-pool-drained'))?.injected === 1
      await eventually('it has bitten', bitten)
      const asked = outcomeOf(ask('while'))
      expect(await world.endsOrWaits(asked)).toBe(seen as 'ends' | 'waits')
      await call('POST', 'reset')
      const outcome = await asked
      // One that waited is served, or its time is over before.
      const refusal = option === 'batched' ? 'lock-contention' : 'coupon-pool-empty'
      if (option !== 'batched' || typeof outcome === 'string') expect(outcome).toBe(refusal)
      const issued = () => ask('after').catch(() => undefined)
      expect((await eventually('one is issued', issued, patience)).coupons).toHaveLength(1)
      const free = sql`select id from coupon_numbers where product_id = 1 and status = 'free'`
      expect(await world.query(free)).toHaveLength(typeof outcome === 'string' ? 39 : 38)
      expect(await world.audit()).toEqual([])
    },
    30_000,
  )

  test('deadlock-pair: orders of several lines go on, and no row is different', async () => {
    await put('deadlock-pair', { rows: 10, stepMs: 2, pauseMs: 0 })
    await eventually(
      'it has bitten',
      async () => {
        // Each order has lines from both ends.
        const order = world.place(world.ctx('after,stock=conditional-update'), ['1x2', '1x9'])
        await order.catch((error: { definite?: boolean }) => expect(error.definite).toBe(true))
        return ((await listed('deadlock-pair'))?.injected ?? 0) > 2
      },
      patience,
    )
    await call('POST', 'reset')
    await eventually('no row is locked', isFree, patience)
    expect(await world.audit()).toEqual([])
    expect(await world.stockOf('1')).toBe(100)
  }, 30_000)

  test('connections-killed ends every connection, and the shop goes on with new ones', async () => {
    const { connections } = world.services
    const ids = async () => {
      const found = await Promise.all(
        Array.from({ length: 4 }, () =>
          connections.use(async (db) => {
            const [row] = await db.rows<{ id: string }>(sql`select connection_id() as id`)
            await db.rows(sql`select sleep(0.01)`)
            return String(row?.id)
          }),
        ),
      )
      return new Set(found)
    }
    const before = await ids()
    await put('connections-killed', { pauseMs: 60_000 })
    await eventually(
      'it has bitten',
      async () => (await listed('connections-killed'))?.injected === 1,
    )
    const after = await eventually('the database answers', () => ids().catch(() => undefined))
    expect([...before].filter((id) => after.has(id))).toEqual([])
    await call('POST', 'reset')
    await world.place(world.ctx('after'), ['1x1'])
    expect(await world.audit()).toEqual([])
  }, 30_000)

  test('a board without a database refuses them, by name', async () => {
    const apart = await spawnProcess(join(import.meta.dir, 'main.ts'), {
      CHAOS_TOKEN: tokenForTest,
    })
    const init = jsonRequest('PUT', {})
    const answer = await fetch(`${apart.url}/chaos/faults/lock-hold`, {
      ...init,
      headers: { ...init.headers, ...withToken },
    })
    apart.kill('SIGKILL')
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ code: 'invalid-fault', field: 'name' })
  }, 30_000)
})
