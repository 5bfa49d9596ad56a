import { expect, test } from 'bun:test'
import { type SQL, sql } from 'drizzle-orm'
import { describeLive, withWorld } from '../../testing/fixtures.ts'
import { outcomeOf } from '../../testing/shopping.ts'
import { lockStatement, takeStatement } from '../stock/conditional-update/take-all.ts'

const design = 'after,transaction=single-statement'
/** Many more than a page of the index has. */
const optionsMore = 20_000

const world = withWorld('single_statement', { isAudited: true })

const place = (...items: string[]) => world.place(design, items)

async function fillTable() {
  const digits = sql`(select 0 d union all select 1 union all select 2 union all select 3
    union all select 4 union all select 5 union all select 6 union all select 7
    union all select 8 union all select 9)`
  const number = sql`a.d + 10 * b.d + 100 * c.d + 1000 * d.d + 10000 * e.d`
  await world.query(sql`insert into product_options
      (id, product_id, name, price_minor, stock, initial_stock)
      select 1000 + ${number}, 1, 'one more', 1000, 100, 100
      from ${digits} a, ${digits} b, ${digits} c, ${digits} d, ${digits} e
      where ${number} < ${optionsMore}`)
  await world.query(sql`analyze table product_options`)
}

interface Plan {
  type: string
  key: string
  rows: string
}

async function planFor(
  count: number,
  first: number,
  statement: (units: Map<string, number>) => SQL = takeStatement,
): Promise<Plan[]> {
  const units = new Map(Array.from({ length: count }, (_, index) => [`${first + index}`, 1]))
  return await world.query<Plan>(sql`explain format=traditional ${statement(units)}`)
}

describeLive('single-statement', ['TEST_DATABASE_URL'], () => {
  const counts = [1, 4, 20]

  test.each(counts)('walks a range of the primary key for %i lines', async (count) => {
    // Until InnoDB has counted the rows of the new table, it estimates one.
    await world.query(sql`analyze table product_options`)
    expect(await planFor(count, 1)).toMatchObject([
      { type: 'range', key: 'PRIMARY', rows: String(count) },
    ])
  })

  test('walks a range of the primary key in a big table too', async () => {
    await fillTable()
    for (const count of [...counts, 200, 2000]) {
      const plan = { key: 'PRIMARY', rows: String(count) }
      const lookup = count === 1 ? 'const' : 'range'
      expect(await planFor(count, 1500)).toMatchObject([{ ...plan, type: 'range' }])
      expect(await planFor(count, 1500, lockStatement)).toMatchObject([{ ...plan, type: lookup }])
    }
  })

  test('tells ids above 2^53 from their neighbours', async () => {
    const [one, next] = ['123456789012345678', '123456789012345679']
    for (const id of [one, next]) {
      await world.query(sql`insert into product_options
          (id, product_id, name, price_minor, stock, initial_stock)
          values (${id}, 1, 'far away', 1000, 10, 10)`)
    }
    await place(`1x${next}`, `4x${one}`)
    const left = await world.query<{ stock: number }>(sql`
      select stock from product_options where id > 1000 order by id`)
    expect(left.map(({ stock }) => stock)).toEqual([6, 9])
  })

  test('locks the items wanted and no other, a reservation and gifts among them', async () => {
    const wanted = ['1x9', '1x13', '1x12', '1x3']
    const slow = await world.pauseAt('order.stock.taken', () => place(...wanted))
    const locked: number[] = []
    for (let id = 1; id <= 20; id += 1) {
      if (await world.isLocked('product_options', String(id))) locked.push(id)
    }
    expect(locked).toEqual([3, 9, 12, 13, 15])
    await slow.resume()
  })

  test('is sold out where one item is short, and says among which', async () => {
    await expect(place('1x3', '2x20')).rejects.toMatchObject({
      code: 'sold-out',
      detail: 'Of the options 3, 20 one is sold out',
    })
    expect(await outcomeOf(place('1x12', '2x20'))).toBe('sold-out')
    expect(await world.orderStates()).toEqual([])
  })

  test('buyers of gifts, givers and reservations in any order never deadlock', async () => {
    const all = ['1x11', '1x12', '1x13', '1x14', '1x15', '1x3']
    const orders = Array.from({ length: 12 }, (_, index) => {
      const some = all.toSpliced(index % 6, 1)
      return outcomeOf(place(...(index % 2 === 0 ? some : some.toReversed())))
    })
    const outcomes = await Promise.all(orders)
    expect(outcomes.filter((outcome) => outcome === 'lock-contention')).toEqual([])
    expect(world.services.connections.retries).toEqual({})
  })
})
