import { describe, expect, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import { Problem } from '../errors.ts'
import { barrier, eventually } from '../testing/barrier.ts'
import { describeLive, withWorld } from '../testing/fixtures.ts'
import { type Connections, connect, type Database, onEnd } from './connections.ts'
import { defaultLimits, type PoolLimits } from './pool.ts'

const world = withWorld('connections')

async function withPool(limits: Partial<PoolLimits>, use: (pool: Connections) => Promise<void>) {
  const pool = connect(world.proxy.through(world.databaseUrl), { ...defaultLimits, ...limits })
  try {
    await use(pool)
    expect(pool.counters.inUse).toBe(0)
  } finally {
    await pool.close()
  }
}

const takeOne = (db: Database, id: string) =>
  db.change(sql`update product_options set stock = stock - 1 where id = ${id}`)

async function connectionIdOf(pool: Connections): Promise<string> {
  return await pool.use(async (db) => {
    const [row] = await db.rows<{ id: string }>(sql`select connection_id() as id`)
    return String(row?.id)
  })
}

const one = { connections: 1 }

describeLive('connections', ['TEST_DATABASE_URL'], () => {
  test('a transaction commits all, or nothing after any error', async () => {
    await withPool(one, async (pool) => {
      await pool.transaction(async (db) => void (await takeOne(db, '1')))
      const work = pool.transaction(async (db) => {
        await takeOne(db, '1')
        throw new Problem('sold-out')
      })
      await expect(work).rejects.toMatchObject({ code: 'sold-out' })
      expect(await world.stockOf('1')).toBe(99)
    })
  })

  test('a listener is called with how its transaction ended, once, and for no other', async () => {
    await withPool(one, async (pool) => {
      const endings: string[] = []
      const note = (db: Database) => onEnd(db, (ending) => endings.push(ending))
      await pool.transaction(async (db) => note(db))
      const failed = pool.transaction(async (db) => {
        note(db)
        throw new Problem('sold-out')
      })
      await expect(failed).rejects.toMatchObject({ code: 'sold-out' })
      await pool.transaction(async () => {})
      world.proxy.lose('COMMIT', 'answer')
      const lost = pool.transaction(async (db) => {
        await takeOne(db, '1')
        note(db)
      })
      await expect(lost).rejects.toMatchObject({ code: 'commit-unknown' })
      expect(endings).toEqual(['committed', 'rolled-back', 'unknown'])
      await pool.use(async (db) => expect(() => note(db)).toThrow('no transaction'))
    })
  })

  test('a refused BEGIN gives the one connection back', async () => {
    await withPool(one, async (pool) => {
      const id = await connectionIdOf(pool)
      world.proxy.lose('START TRANSACTION', 'refused')
      const run = () => pool.transaction((db) => takeOne(db, '1'))
      await expect(run()).rejects.toThrow('refused by the test')
      expect(await run()).toBe(1)
      expect(await connectionIdOf(pool)).toBe(id)
      expect(await world.stockOf('1')).toBe(99)
    })
  })

  test.each(['request', 'answer'] as const)(
    'a lost %s of BEGIN costs the connection',
    async (how) => {
      await withPool(one, async (pool) => {
        const run = () => pool.transaction((db) => takeOne(db, '1'))
        world.proxy.lose('START TRANSACTION', how)
        await expect(run()).rejects.toMatchObject({ code: 'database-unavailable' })
        expect(await run()).toBe(1)
        expect(await world.stockOf('1')).toBe(99)
      })
    },
  )

  test.each(['refused', 'request', 'answer'] as const)(
    'a ROLLBACK that fails (%s) keeps the first error and ends the connection',
    async (how) => {
      await withPool(one, async (pool) => {
        const id = await connectionIdOf(pool)
        world.proxy.lose('ROLLBACK', how)
        const work = pool.transaction(async (db) => {
          await takeOne(db, '1')
          throw new Problem('sold-out')
        })
        await expect(work).rejects.toMatchObject({ code: 'sold-out' })
        expect(await connectionIdOf(pool)).not.toBe(id)
        await eventually(
          'the lock is free',
          async () => !(await world.isLocked('product_options', '1')),
        )
        expect(await world.stockOf('1')).toBe(100)
      })
    },
  )

  test.each([
    ['refused', 100],
    ['request', 100],
    ['answer', 99],
  ] as const)('a COMMIT that fails (%s) is reported as unknown', async (how, left) => {
    await withPool(one, async (pool) => {
      world.proxy.lose('COMMIT', how)
      const work = pool.transaction((db) => takeOne(db, '1'))
      await expect(work).rejects.toMatchObject({ code: 'commit-unknown', definite: false })
      await eventually(
        'the lock is free',
        async () => !(await world.isLocked('product_options', '1')),
      )
      expect(await world.stockOf('1')).toBe(left)
      expect(await pool.transaction((db) => takeOne(db, '1'))).toBe(1)
    })
  })

  test.each([1213, 3101, 1180])('a COMMIT that fails with %i is rolled back', async (errno) => {
    await withPool(one, async (pool) => {
      const id = await connectionIdOf(pool)
      const endings: string[] = []
      let losses = 1
      const take = () =>
        pool.transaction(async (db) => {
          if (losses-- > 0) world.proxy.lose('COMMIT', 'refused', errno)
          onEnd(db, (ending) => endings.push(ending))
          return await takeOne(db, '1')
        })
      expect([await take(), await world.stockOf('1')]).toEqual([1, 99])
      expect(endings).toEqual(['rolled-back', 'committed'])
      losses = 3
      await expect(take()).rejects.toMatchObject({ code: 'lock-contention', definite: true })
      expect([await world.stockOf('1'), await connectionIdOf(pool)]).toEqual([99, id])
    })
  })

  test.each(['request', 'answer'] as const)(
    'a lost %s of a write that commits by itself is unknown, of a read it is not',
    async (how) => {
      await withPool(one, async (pool) => {
        const takeAndRead = (id: string) =>
          pool.use(async (db) => {
            await takeOne(db, id)
            await db.rows(sql`select 1 from users`)
          })
        const unknown = { code: 'commit-unknown', definite: false }
        world.proxy.lose('update product_options', how)
        await expect(takeAndRead('1')).rejects.toMatchObject(unknown)
        world.proxy.lose('select', how)
        await expect(takeAndRead('1')).rejects.toMatchObject(unknown)
        world.proxy.lose('select', how)
        const notWritten = { code: 'database-unavailable', definite: true }
        await expect(takeAndRead('404')).rejects.toMatchObject(notWritten)
      })
    },
  )

  test.each([
    ['a server that has become read-only', 1290, 'database-unavailable', false],
    ['a read-only mode', 1836, 'database-unavailable', false],
    ['a read-only transaction', 1792, 'database-unavailable', false],
    ['a shutdown', 1053, 'commit-unknown', false],
    ['a killed connection', 1927, 'commit-unknown', false],
    ['a killed statement', 1317, 'database-unavailable', true],
    ['a full disk', 1114, 'database-unavailable', true],
  ] as const)('%s (%i) is a problem of its own', async (_what, errno, code, isKept) => {
    await withPool(one, async (pool) => {
      const id = await connectionIdOf(pool)
      world.proxy.lose('update product_options', 'refused', errno)
      await expect(pool.use((db) => takeOne(db, '1'))).rejects.toMatchObject({ code })
      expect((await connectionIdOf(pool)) === id).toBe(isKept)
    })
  })

  describe('lock contention', () => {
    /** MariaDB gives up a lock at once; MySQL, whose least is 1 s, after that. */
    const impatient = { lockWaitTimeoutSeconds: 0 }

    test('a lock wait that times out is rolled back whole before it is tried again', async () => {
      await withPool(impatient, async (pool) => {
        await world.others.connections.transaction(async (other) => {
          await takeOne(other, '2')
          const work = pool.transaction(async (db) => {
            await takeOne(db, '1')
            await takeOne(db, '2')
          })
          await expect(work).rejects.toMatchObject({ code: 'lock-contention', definite: true })
        })
        expect(pool.retries).toEqual({ 'lock-wait-timeout': 2 })
        expect([await world.stockOf('1'), await world.stockOf('2')]).toEqual([100, 99])
      })
    })

    test('a second try that finds the lock free does everything once', async () => {
      await withPool(impatient, async (pool) => {
        const free = Promise.withResolvers<void>()
        const held = barrier(2)
        const holder = world.others.connections.transaction(async (other) => {
          await takeOne(other, '2')
          await held.arrive()
          await free.promise
        })
        await held.arrive()
        let tries = 0
        await pool.transaction(async (db) => {
          tries += 1
          if (tries === 2) free.resolve()
          if (tries === 2) await holder
          await takeOne(db, '1')
          await takeOne(db, '2')
        })
        expect([tries, await world.stockOf('1'), await world.stockOf('2')]).toEqual([2, 99, 98])
      })
    })

    test('of two that deadlock both are done once, one of them at the second try', async () => {
      await withPool({}, async (pool) => {
        const meeting = barrier(2)
        const cross = (first: string, second: string) =>
          pool.transaction(async (db) => {
            await takeOne(db, first)
            await meeting.arrive()
            await takeOne(db, second)
          })
        await Promise.all([cross('1', '2'), cross('2', '1')])
        expect(pool.retries).toEqual({ deadlock: 1 })
        expect([await world.stockOf('1'), await world.stockOf('2')]).toEqual([98, 98])
      })
    })
  })

  describe('the pool', () => {
    test('refuses after its deadline, then serves again: a late grant is not lost', async () => {
      await withPool(one, async (pool) => {
        const release = Promise.withResolvers<void>()
        const holding = pool.use(() => release.promise)
        const late = Array.from({ length: 3 }, () => connectionIdOf(pool))
        const outcomes = await Promise.allSettled(late)
        for (const outcome of outcomes) {
          const reason = { code: 'pool-exhausted', definite: true }
          expect(outcome).toMatchObject({ status: 'rejected', reason })
        }
        release.resolve()
        await holding
        expect(await connectionIdOf(pool)).toMatch(/^\d+$/)
        expect(pool.counters).toMatchObject({ timeouts: 3, inUse: 0 })
      })
    })

    test('refuses at once when too many wait', async () => {
      await withPool({ connections: 1, queueLimit: 1 }, async (pool) => {
        const release = Promise.withResolvers<void>()
        const holding = pool.use(() => release.promise)
        const waiting = connectionIdOf(pool)
        await expect(connectionIdOf(pool)).rejects.toMatchObject({ code: 'pool-exhausted' })
        release.resolve()
        await holding
        expect(await waiting).toMatch(/^\d+$/)
      })
    })

    test('replaces a connection that the server ended', async () => {
      await withPool(one, async (pool) => {
        const id = await connectionIdOf(pool)
        await world.query(sql`kill ${sql.raw(String(Number(id)))}`)
        const next = await eventually('a connection is had', () =>
          connectionIdOf(pool).catch(() => undefined),
        )
        expect(next).not.toBe(id)
      })
    })

    test('reports a database that is not reachable', async () => {
      const closed = connect('mysql://root@127.0.0.1:1/stampede_none')
      const asked = closed.rows(sql`select 1`)
      await expect(asked).rejects.toMatchObject({ code: 'database-unavailable' })
      await closed.close()
    })
  })
})
