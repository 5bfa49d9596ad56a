import { afterAll, beforeAll, expect, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import { describeLive, withWorld } from '../testing/fixtures.ts'
import { type Connections, connect } from './connections.ts'
import { defaultLimits } from './pool.ts'

const answerTimeoutMs = 500

const world = withWorld('socket')
let pool: Connections

const takeOne = () =>
  pool.transaction((db) =>
    db.change(sql`update product_options set stock = stock - 1 where id = 1`),
  )
const lasting = () =>
  pool.transaction(async (db) => {
    await db.rows(sql`select 1`)
    await Bun.sleep(2 * answerTimeoutMs)
  })
const connectionId = () =>
  pool.use(async (db) => {
    const [row] = await db.rows<{ id: string }>(sql`select connection_id() as id`)
    return String(row?.id)
  })

describeLive('a server that does not answer any more', ['TEST_DATABASE_URL'], () => {
  beforeAll(() => {
    pool = connect(world.proxy.through(world.databaseUrl), {
      ...defaultLimits,
      ...{ connections: 1, answerTimeoutMs },
    })
  })
  afterAll(() => pool.close())

  test('costs the statement its connection, and its caller no more than the time set', async () => {
    const id = await connectionId()
    world.proxy.lose('update product_options', 'silence')
    await expect(takeOne()).rejects.toMatchObject({ code: 'database-unavailable' })
    expect(await connectionId()).not.toBe(id)
    expect([await takeOne(), await world.stockOf('1')]).toEqual([1, 99])
  })

  test('leaves a commit unknown', async () => {
    world.proxy.lose('COMMIT', 'silence')
    await expect(takeOne()).rejects.toMatchObject({ code: 'commit-unknown' })
    expect(await world.stockOf('1')).toBe(100)
  })

  test('is distinguished from one without a request: a loan may last', async () => {
    const id = await connectionId()
    await lasting()
    expect(await connectionId()).toBe(id)
  })

  test('is noticed after a loan that lasted, too', async () => {
    world.proxy.lose('COMMIT', 'silence')
    await expect(lasting()).rejects.toMatchObject({ code: 'commit-unknown' })
  })
})
