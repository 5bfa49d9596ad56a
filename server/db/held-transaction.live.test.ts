import { expect, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import { eventually, within } from '../testing/barrier.ts'
import { describeLive, withWorld } from '../testing/fixtures.ts'
import { HeldTooLong, type HeldTransactions, openHeldTransactions } from './held-transaction.ts'
import { defaultLimits } from './pool.ts'

const limits = { ...defaultLimits, connections: 1 }
const patience = { deadlineMs: 20_000, pollMs: 50 }

/** Runs in a process of its own: changes a row, says so, and stands still. */
const holder = `
  import { sql } from 'drizzle-orm'
  import { openHeldTransactions } from '${import.meta.dir}/held-transaction.ts'
  const limits = ${JSON.stringify(limits)}
  const held = openHeldTransactions(process.env.DATABASE_URL, limits)
  await held.run(async ({ connections }) => {
    await connections.transaction(async (db) => {
      await db.change(sql\`update product_options set stock = 1 where id = 1\`)
      console.log('held')
      await new Promise(() => {})
    })
  }, 600_000)
`

describeLive('a transaction that is held', ['TEST_DATABASE_URL'], () => {
  const world = withWorld('held_transaction')
  const take = sql`update product_options set stock = stock - 1 where id = 1`
  const withHeld = async <T>(work: (held: HeldTransactions) => Promise<T>) => {
    const held = openHeldTransactions(world.databaseUrl, limits)
    try {
      return await work(held)
    } finally {
      await held.close()
    }
  }

  test('leaves nothing, and its session is as before for the next one', async () => {
    await withHeld(async (held) => {
      const run = () =>
        held.run(async ({ connections, session }) => {
          await connections.change(sql`update users set name = 'x' where id = 1`)
          await connections.transaction((db) => db.change(take))
          const [row] = await connections.rows<{ stock: number }>(
            sql`select stock from product_options where id = 1`,
          )
          return [session, row?.stock]
        }, 5000)
      const [first, second] = [await run(), await run()]
      expect(second).toEqual(first)
      expect(first[1]).toBe(99)
    })
    expect(await world.stockOf('1')).toBe(100)
    expect(await world.query(sql`select 1 from users where name = 'x'`)).toEqual([])
  })

  test('keeps its row locks where its flow is undone', async () => {
    await withHeld(async (held) => {
      const seen = await held.run(async ({ connections, undo }) => {
        await connections.transaction((db) => db.change(take))
        await undo()
        return await world.isLocked('product_options', '1')
      }, 5000)
      expect(seen).toBe(true)
    })
    expect(await world.isLocked('product_options', '1')).toBe(false)
  })

  test('undoes what fails in its flow, as a transaction does', async () => {
    await withHeld(async (held) => {
      const stock = await held.run(async ({ connections }) => {
        const failing = connections.transaction(async (db) => {
          await db.change(take)
          throw new Error('sold out')
        })
        await failing.catch(() => {})
        const [row] = await connections.rows<{ stock: number }>(
          sql`select stock from product_options where id = 1`,
        )
        return row?.stock
      }, 5000)
      expect(stock).toBe(100)
    })
  })

  test('refuses a second transaction: the first one would have been committed', async () => {
    await withHeld((held) =>
      held.run(async ({ connections }) => {
        await connections.transaction((db) => db.change(take))
        const second = connections.transaction((db) => db.change(take))
        await expect(second).rejects.toThrow('a second transaction')
      }, 5000),
    )
  })

  test('is over after its time, and what its flow sends later reaches no row', async () => {
    const late = Promise.withResolvers<void>()
    const ended = Promise.withResolvers<unknown>()
    await withHeld(async (held) => {
      const run = held.run(async ({ connections }) => {
        await connections.transaction((db) => db.change(take))
        await late.promise
        await connections.change(take).then(ended.resolve, ended.resolve)
      }, 50)
      await expect(run).rejects.toBeInstanceOf(HeldTooLong)
      late.resolve()
      expect(await within(ended.promise, 'the late statement fails')).toBeInstanceOf(Error)
    })
    expect(await world.stockOf('1')).toBe(100)
  })

  test.each(['SIGKILL', 'SIGSTOP'] as const)(
    'after %s its locks are free',
    async (signal) => {
      const child = Bun.spawn([process.execPath, '-e', holder], {
        ...{ env: { DATABASE_URL: world.databaseUrl }, stdout: 'pipe', cwd: import.meta.dir },
      })
      try {
        const { value } = await within(child.stdout.getReader().read(), 'the row is held', 10_000)
        expect(new TextDecoder().decode(value)).toBe('held\n')
        expect(await world.isLocked('product_options', '1')).toBe(true)
        child.kill(signal)
        const isFree = async () => !(await world.isLocked('product_options', '1'))
        await eventually('the lock is free', isFree, patience)
        expect(await world.stockOf('1')).toBe(100)
      } finally {
        child.kill('SIGKILL')
        await child.exited
      }
    },
    60_000,
  )
})
