import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import type { Database } from '../../db/connections.ts'
import { within } from '../../testing/barrier.ts'
import { contract, type Suite } from '../../testing/contract.ts'
import { describeLive, openWorld, type World } from '../../testing/fixtures.ts'
import { createTicketClient } from '../../tickets/client.ts'

let world: World

const times = <T>(count: number, make: (index: number) => T) =>
  Array.from({ length: count }, (_, index) => make(index))

const isRising = (ids: string[]) =>
  ids.every((id, index) => index === 0 || BigInt(id) > BigInt(ids[index - 1] ?? 0))

const suite: Suite = (check, design) => {
  const take = (db: Database, count: number) =>
    design.ids.take(world.ctx(design), db, 'orders', count)
  const taken = (count: number) => world.parts.connections.transaction((db) => take(db, count))

  check('20 callers at once get 50 ids each, all different, rising for each caller', async () => {
    const callers = times(20, async () => {
      const ids: string[] = []
      for (let turn = 0; turn < 5; turn += 1) ids.push(...(await taken(10)))
      return ids
    })
    const lists = await Promise.all(callers)
    expect(lists.filter((ids) => !isRising(ids))).toEqual([])
    expect(new Set(lists.flat()).size).toBe(1000)
  })

  check('sequences do not disturb each other', async () => {
    const [orders, payments] = await world.parts.connections.transaction(async (db) => [
      await take(db, 3),
      await design.ids.take(world.ctx(design), db, 'payments', 2),
    ])
    expect([orders?.length, payments?.length]).toEqual([3, 2])
    expect(isRising([...(orders ?? []), ...(await taken(1))])).toBe(true)
  })

  check('an id once handed out is never handed out again, even after rollback', async () => {
    const handedOut: string[] = []
    const rolledBack = world.parts.connections.transaction(async (db) => {
      handedOut.push(...(await take(db, 3)))
      throw new Error('rolled back')
    })
    await rolledBack.catch(() => {})
    expect(handedOut).toHaveLength(3)
    expect(handedOut).not.toContainAnyValues(await taken(3))
  })

  check('taking ids does not wait for another transaction that has taken one', async () => {
    await world.parts.connections.transaction(async (db) => {
      await take(db, 1)
      const second = taken(1)
      const seen = await world.endsOrWaits(second)
      if (seen === 'ends') await second
      else second.catch(() => {})
      expect(seen).toBe('ends')
    })
  })
}

describeLive('ids', ['TEST_DATABASE_URL'], () => {
  beforeAll(async () => {
    world = await openWorld('ids')
  })
  afterAll(() => world.close())
  beforeEach(() => world.restock())

  contract('ids', suite, {
    knownFailures: {
      'sequence-table': [
        {
          test: 'an id once handed out is never handed out again, even after rollback',
          reason: 'the rollback takes the count back too',
        },
        {
          test: 'taking ids does not wait for another transaction that has taken one',
          reason: 'the row of the sequence is locked until the commit',
        },
      ],
    },
  })

  const unavailable = { code: 'ids-unavailable', definite: true }

  test('sequence-table without the row of the sequence says that no id can be had', async () => {
    await world.query(sql`delete from sequences where name = 'orders'`)
    const ctx = world.ctx('before')
    const work = ctx.connections.transaction((db) => ctx.design.ids.take(ctx, db, 'orders', 1))
    const error = await work.catch((caught) => caught)
    await world.query(sql`insert into sequences (name, value) values ('orders', 0)`)
    expect(error).toMatchObject(unavailable)
  })

  test('ticket-server without its server says that no id can be had', async () => {
    const send = async () => new Response('', { status: 503 })
    const tickets = createTicketClient({ url: 'http://tickets.test', send })
    const ctx = { ...world.ctx('after'), tickets }
    const work = ctx.connections.transaction((db) => ctx.design.ids.take(ctx, db, 'orders', 1))
    await expect(within(work, 'an answer')).rejects.toMatchObject(unavailable)
  })
})
