import { afterAll, beforeAll, beforeEach, expect } from 'bun:test'
import { sql } from 'drizzle-orm'
import { contract, type Suite } from '../../testing/contract.ts'
import { describeLive, openWorld, type World } from '../../testing/fixtures.ts'
import type { Stock } from './stock.ts'

let world: World

const optionId = '3'
const turnsMax = 20

/** Brings what is under way into the tables. */
async function settleAll({ settle }: Stock): Promise<void> {
  for (let turn = 0; turn < turnsMax; turn += 1) if (!(await settle?.(world.parts))) return
  throw new Error(`there was something to settle ${turnsMax} times`)
}

const suite: Suite = (check, design) => {
  const { stock } = design
  const ctx = () => world.ctx(design)
  const take = (quantity: number, of = optionId) =>
    world.parts.connections.transaction((db) => stock.take(ctx(), db, { optionId: of, quantity }))
  const giveBack = (quantity: number) =>
    world.parts.connections.transaction((db) => stock.giveBack(ctx(), db, { optionId, quantity }))
  const setLeft = (units: number) =>
    world.query(sql`update product_options set stock = ${units} where id = ${optionId}`)
  const left = async () => {
    await settleAll(stock)
    const where = sql`where id = ${optionId}`
    const [row] = await world.query<{ stock: number }>(
      sql`select stock from product_options ${where}`,
    )
    return row?.stock
  }
  const crowd = async (buyers: number, quantity: number) => {
    const answers = await Promise.all(Array.from({ length: buyers }, () => take(quantity)))
    return answers.filter((isTaken) => isTaken).length
  }

  check('50 buyers at once of 10 units: 10 get one, 40 hear no, none are left', async () => {
    await setLeft(10)
    expect([await crowd(50, 1), await left()]).toEqual([10, 0])
    expect(await take(1)).toBe(false)
  })

  check('20 buyers of 3 out of 10 units: 3 get theirs, the last unit stays', async () => {
    await setLeft(10)
    expect([await crowd(20, 3), await left()]).toEqual([3, 1])
    expect([await take(2), await take(1), await left()]).toEqual([false, true, 0])
  })

  check('takers and givers at once: what is left is the sum', async () => {
    await setLeft(5)
    const gifts = Array.from({ length: 20 }, () => giveBack(2))
    const [taken] = await Promise.all([crowd(20, 1), ...gifts])
    expect(await left()).toBe(5 + 40 - taken)
  })

  check('what was taken is there again once given back', async () => {
    await setLeft(4)
    expect([await take(4), await take(1)]).toEqual([true, false])
    await giveBack(4)
    expect([await left(), await take(1)]).toEqual([4, true])
  })

  check('a rollback takes nothing', async () => {
    await setLeft(4)
    const work = world.parts.connections.transaction(async (db) => {
      expect(await stock.take(ctx(), db, { optionId, quantity: 3 })).toBe(true)
      throw new Error('changed my mind')
    })
    await expect(work).rejects.toThrow('changed my mind')
    expect(await left()).toBe(4)
  })

  check('an option that does not exist is sold out', async () => {
    expect(await take(1, '999999')).toBe(false)
  })
}

describeLive('stock', ['TEST_DATABASE_URL', 'TEST_REDIS_URL'], () => {
  beforeAll(async () => {
    world = await openWorld('stock')
  })
  afterAll(() => world.close())
  beforeEach(() => world.restock())

  contract('stock', suite)
})
