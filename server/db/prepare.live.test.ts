import { afterAll, expect, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import { describeLive, smallSeedProfile } from '../testing/fixtures.ts'
import { connect } from './connections.ts'
import { dropSchema, schemaUrl } from './migrate.ts'
import { prepareSchema } from './prepare.ts'

const server = Bun.env.TEST_DATABASE_URL ?? ''
const schema = `stampede_test_prepare_${process.pid}`
const url = server && schemaUrl(server, schema)

async function onSchema<T>(work: Parameters<ReturnType<typeof connect>['use']>[0]): Promise<T> {
  const connections = connect(url)
  try {
    return (await connections.use(work)) as T
  } finally {
    await connections.close()
  }
}

const countUsers = () =>
  onSchema<{ count: string }[]>((db) => db.rows(sql`select count(*) as count from users`))

describeLive('prepare', ['TEST_DATABASE_URL'], () => {
  afterAll(() => dropSchema(server, schema))

  test('two at once: one seeds, the other finds it there; nothing is seeded twice', async () => {
    const both = await Promise.all([
      prepareSchema(url, smallSeedProfile),
      prepareSchema(url, smallSeedProfile),
    ])
    expect(both.sort()).toEqual(['already there', 'seeded'])
    expect(Number((await countUsers())[0]?.count)).toBe(smallSeedProfile.users)
  })

  test('a shop that has sold is left as it is', async () => {
    const sold = sql`update product_options set stock = stock - 3 where id = 1`
    expect(await onSchema<number>((db) => db.change(sold))).toBe(1)
    expect(await prepareSchema(url, smallSeedProfile)).toBe('already there')
    const stock = sql`select stock from product_options where id = 1`
    expect(await onSchema<unknown[]>((db) => db.rows(stock))).toEqual([
      { stock: smallSeedProfile.stock - 3 },
    ])
  })

  test('tables without rows, as an interrupted seed leaves them, are seeded', async () => {
    const seeded = [
      ...['users', 'products', 'product_options', 'daily_popular_products', 'sequences'],
      ...['coupon_partners', 'coupon_products', 'coupon_numbers'],
    ]
    for (const table of seeded) {
      await onSchema((db) => db.change(sql`delete from ${sql.identifier(table)}`))
    }
    expect(await prepareSchema(url, smallSeedProfile)).toBe('seeded')
    expect(Number((await countUsers())[0]?.count)).toBe(smallSeedProfile.users)
  })

  test.each(['mysql', 'shop', 'stampede_a`b', ''])('schema "%s" is not touched', async (name) => {
    const foreign = new URL(server)
    foreign.pathname = `/${name}`
    await expect(prepareSchema(foreign.href, smallSeedProfile)).rejects.toThrow('refusing to touch')
  })
})
