import { describe, expect, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import { type Connections, connect } from '../server/db/connections.ts'
import { partnerKey } from '../server/db/seed.ts'
import { recordsOf } from '../server/designs/axes.ts'
import { appForTest, jsonRequest, tokenForTest } from '../server/testing/app-for-test.ts'
import { eventually } from '../server/testing/barrier.ts'
import { describeLive, withWorld } from '../server/testing/fixtures.ts'
import { newKey, orderBody } from '../server/testing/shopping.ts'
import { type Board, createBoard } from './board.ts'

describeLive('faults of statements', ['TEST_DATABASE_URL'], () => {
  const world = withWorld('statement-faults')

  async function withPool(use: (pool: Connections, board: Board) => Promise<void>) {
    const board = createBoard()
    const pool = connect(world.databaseUrl, undefined, board)
    try {
      await use(pool, board)
    } finally {
      board.reset()
      await pool.close()
    }
  }
  const takeOne = sql`update product_options set stock = stock - 1 where id = 1`
  const readOne = sql`select stock from product_options where id = 1`
  const injected = (board: Board, name: string) =>
    board.list().find((fault) => fault.name === name)?.injected

  const shop = (design: string, board: Board, connections: Connections) => {
    const services = { ...world.services, chaos: board, connections, side: connections }
    return appForTest({ token: tokenForTest, services, design }).app
  }
  const order = (app: ReturnType<typeof shop>) => {
    const headers = { 'idempotency-key': newKey() }
    return app.request('/api/v1/orders', jsonRequest('POST', orderBody(['1x3', '1x4']), headers))
  }

  describe('slow-commit', () => {
    const sleeping = async () => {
      const rows = await world.query(sql`
        select id from information_schema.processlist
        where db = database() and info like '%/* chaos */ sleep%' and id <> connection_id()`)
      return rows.length > 0
    }

    test.each(['change', 'later'] as const)(
      'a write sent by %s keeps its lock until the fault is off, and stands',
      async (how) => {
        await withPool(async (pool, board) => {
          board.put('slow-commit', { latencyMs: 10_000 })
          const work = pool.transaction(async (db) => {
            if (how === 'later') db.later(takeOne)
            else await db.change(takeOne)
          })
          await eventually('the commit is slow', sleeping)
          expect(await world.isLocked('product_options', '1')).toBe(true)
          board.reset()
          await work
          expect(await world.stockOf('1')).toBe(99)
          expect(injected(board, 'slow-commit')).toBe(1)
        })
      },
    )

    test('a write that commits by itself is slow, what reads is not', async () => {
      await withPool(async (pool, board) => {
        board.put('slow-commit', { latencyMs: 1 })
        await pool.rows(readOne)
        await pool.transaction(async (db) => void (await db.rows(readOne)))
        expect(injected(board, 'slow-commit')).toBe(0)
        await pool.change(takeOne)
        expect(injected(board, 'slow-commit')).toBe(1)
        expect(await world.stockOf('1')).toBe(99)
      })
    })

    test.each(Object.keys(recordsOf('transaction')))(
      '%s: the shop’s answers stay the same',
      async (shape) => {
        await withPool(async (pool, board) => {
          const app = shop(`after,stock=conditional-update,transaction=${shape}`, board, pool)
          board.put('slow-commit', { latencyMs: 2 })
          const answers = await Promise.all(Array.from({ length: 8 }, () => order(app)))
          expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(201))
          expect(injected(board, 'slow-commit')).toBeGreaterThan(0)
          expect(await world.audit()).toEqual([])
        })
      },
    )
  })

  describe('read-only', () => {
    const refused = { code: 'database-unavailable', definite: true }

    test('writes are refused wherever they stand, reads are not', async () => {
      await withPool(async (pool, board) => {
        board.put('read-only', {})
        await expect(pool.change(takeOne)).rejects.toMatchObject(refused)
        const inside = pool.transaction(async (db) => void (await db.change(takeOne)))
        await expect(inside).rejects.toMatchObject(refused)
        const judged: number[] = []
        const later = pool.transaction(async (db) => {
          await db.rows(readOne)
          db.later(takeOne, { judge: (changed) => void judged.push(changed) })
        })
        await expect(later).rejects.toMatchObject(refused)
        expect(judged).toEqual([])
        expect(await pool.rows<{ stock: number }>(readOne)).toEqual([{ stock: 100 }])
        expect(injected(board, 'read-only')).toBe(3)
        board.reset()
        expect(await pool.change(takeOne)).toBe(1)
        expect(await world.stockOf('1')).toBe(99)
        expect(pool.counters.inUse).toBe(0)
      })
    })

    test.each(Object.keys(recordsOf('coupons')))(
      'coupons=%s: none is issued, be it by a function that writes',
      async (option) => {
        await withPool(async (pool, board) => {
          const app = shop(`after,coupons=${option}`, board, pool)
          const headers = { 'x-partner-key': partnerKey('partner-1') }
          const ask = () => {
            const body = { partner: 'partner-1', product: '1', quantity: 1, requestId: newKey() }
            return app.request('/api/v1/coupons', jsonRequest('POST', body, headers))
          }
          expect((await ask()).status).toBe(201)
          board.put('read-only', {})
          expect((await ask()).status).toBe(503)
          board.reset()
          expect((await ask()).status).toBe(201)
          expect(await world.audit()).toEqual([])
        })
      },
    )

    test('what is sent before a write in the same packet happens, and is rolled back', async () => {
      await withPool(async (pool, board) => {
        const work = pool.transaction(async (db) => {
          await db.change(takeOne)
          board.put('read-only', {})
          db.later(takeOne)
        })
        await expect(work).rejects.toMatchObject(refused)
        await eventually(
          'the lock is free',
          async () => !(await world.isLocked('product_options', '1')),
        )
        expect(await world.stockOf('1')).toBe(100)
      })
    })

    test.each(Object.keys(recordsOf('transaction')))(
      '%s: orders are refused, pages are answered, and nothing is half done',
      async (shape) => {
        await withPool(async (pool, board) => {
          const app = shop(`after,stock=conditional-update,transaction=${shape}`, board, pool)
          expect((await order(app)).status).toBe(201)
          board.put('read-only', {})
          expect((await order(app)).status).toBe(503)
          expect((await app.request('/api/v1/products')).status).toBe(200)
          board.reset()
          expect((await order(app)).status).toBe(201)
          expect(await world.audit()).toEqual([])
        })
      },
    )
  })
})
