import { afterAll, expect, test } from 'bun:test'
import { join } from 'node:path'
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
    expect((rooms[0] as unknown[][]).map((rows) => rows.length)).toEqual([20, 10, 20, 5])
  })

  test('older payments get a history, and its sequence goes on behind that', async () => {
    const url = await createSchema(server, schema)
    await seed(url, smallSeedProfile)
    const connections = connect(url)
    try {
      await connections.use(async (db) => {
        await db.change(sql`drop table payment_history`)
        await db.change(sql`delete from sequences where name = 'payment_history'`)
        for (const [index, status] of ['declined', 'captured', 'sent'].entries()) {
          await db.change(sql`insert into payments (id, order_id, method, status, amount_minor,
              reference, idempotency_key, created_at)
            values (${index + 1}, ${index + 1}, 'card', ${status}, 1, ${status}, ${status},
              ${new Date(Date.UTC(2026, 0, 9 - index))})`)
        }
        const file = Bun.file(join(import.meta.dir, 'migrations/0010_payment_history.sql'))
        for (const statement of (await file.text()).split('--> statement-breakpoint')) {
          await db.change(sql.raw(statement))
        }
        const history = await db.rows<{ id: string; of: string; state: string }>(
          sql`select id, payment_id as \`of\`, state from payment_history order by id`,
        )
        expect(history.map(({ id, of, state }) => `${id}: ${of} ${state}`)).toEqual([
          ...['1: 3 requested', '2: 2 requested', '3: 2 approved'],
          ...['4: 1 requested', '5: 1 declined'],
        ])
        const [row] = await db.rows<{ value: string }>(
          sql`select value from sequences where name = 'payment_history'`,
        )
        expect(Number(row?.value)).toBe(5)
      })
    } finally {
      await connections.close()
    }
  })

  const foreign = ['mysql', 'shop', 'stampede', 'stampede_', 'Stampede_x', 'stampede_a`b', '']
  test.each(foreign)('a schema named "%s" is not touched', async (name) => {
    await expect(dropSchema('mysql://root@127.0.0.1:1', name)).rejects.toThrow('refusing to touch')
    const made = createSchema('mysql://root@127.0.0.1:1', name)
    await expect(made).rejects.toThrow('refusing to touch')
  })
})
