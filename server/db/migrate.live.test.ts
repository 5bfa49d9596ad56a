import { afterAll, expect, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import { describeLive, smallSeedProfile } from '../testing/fixtures.ts'
import { connect } from './connections.ts'
import { createSchema, dropSchema } from './migrate.ts'
import { seed } from './seed.ts'

const server = Bun.env.TEST_DATABASE_URL ?? ''
const schema = `stampede_test_migrate_${process.pid}`

async function seededRowsOf(url: string): Promise<unknown[]> {
  const connections = connect(url)
  try {
    return await connections.use(async (db) => [
      await db.rows(sql`select * from users order by id`),
      await db.rows(sql`select * from products order by id`),
      await db.rows(sql`select * from product_options order by id`),
      await db.rows(sql`select * from sequences order by name`),
    ])
  } finally {
    await connections.close()
  }
}

describeLive('migrate', ['TEST_DATABASE_URL'], () => {
  afterAll(() => dropSchema(server, schema))

  test('a schema made again is empty, and one profile gives the same rows again', async () => {
    const rooms: unknown[] = []
    for (let turn = 0; turn < 2; turn += 1) {
      const url = await createSchema(server, schema)
      expect((await seededRowsOf(url)).flat()).toEqual([])
      await seed(url, smallSeedProfile)
      rooms.push(await seededRowsOf(url))
    }
    expect(rooms[0]).toEqual(rooms[1])
    expect((rooms[0] as unknown[][]).map((rows) => rows.length)).toEqual([20, 10, 20, 4])
  })

  const foreign = ['mysql', 'shop', 'stampede', 'stampede_', 'Stampede_x', 'stampede_a`b', '']
  test.each(foreign)('a schema named "%s" is not touched', async (name) => {
    await expect(dropSchema('mysql://root@127.0.0.1:1', name)).rejects.toThrow('refusing to touch')
    const made = createSchema('mysql://root@127.0.0.1:1', name)
    await expect(made).rejects.toThrow('refusing to touch')
  })
})
