import { expect, setSystemTime, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import { createTicketClient } from '../../clients/ticket-client.ts'
import type { Services } from '../../ctx.ts'
import type { Connections, Database } from '../../db/connections.ts'
import { within } from '../../testing/barrier.ts'
import { contract, type Suite } from '../../testing/contract.ts'
import { testEngine } from '../../testing/engine.ts'
import { describeLive, withWorld } from '../../testing/fixtures.ts'
import { inversionsIn } from '../../tickets/ranges.ts'
import { axes } from '../axes.ts'
import { parseDesign, refusalIn } from '../design.ts'
import { numberRanges } from './number-ranges.ts'

const world = withWorld('ids')

const times = <T>(count: number, make: (index: number) => T) =>
  Array.from({ length: count }, (_, index) => make(index))

const isRising = (ids: string[]) =>
  ids.every((id, index) => index === 0 || BigInt(id) > BigInt(ids[index - 1] ?? 0))

const suite: Suite = (check, design) => {
  const take = (db: Database, count: number, process = world.options) => {
    const ctx = process.ctx(design, 'test')
    return ctx.design.ids.take(ctx, db, 'orders', count)
  }
  const taken = (count: number, process = world.options) =>
    process.services.connections.transaction((db) => take(db, count, process))

  check(
    '20 callers in two processes get 12 ids each, all different, each his own rising',
    async () => {
      const callers = times(20, async (caller) => {
        const process = caller % 2 === 0 ? world.options : world.otherOptions
        const ids: string[] = []
        for (let turn = 0; turn < 4; turn += 1) ids.push(...(await taken(3, process)))
        return ids
      })
      const lists = await Promise.all(callers)
      expect(lists.filter((ids) => !isRising(ids))).toEqual([])
      expect(new Set(lists.flat()).size).toBe(240)
    },
  )

  check('an id taken after another one is larger, in two processes too', async () => {
    // Clocks that stand still: what the order is made of must be something else than luck.
    setSystemTime(new Date())
    try {
      const ids: string[] = []
      const { options, otherOptions } = world
      for (const process of [options, otherOptions, options, otherOptions]) {
        ids.push(...(await taken(2, process)))
      }
      expect(inversionsIn(ids)).toBe(0)
    } finally {
      setSystemTime()
    }
  })

  check('sequences do not disturb each other', async () => {
    const ctx = world.ctx(design)
    const [orders, payments] = await ctx.connections.transaction(async (db) => [
      await take(db, 3),
      await ctx.design.ids.take(ctx, db, 'payments', 2),
    ])
    expect([orders?.length, payments?.length]).toEqual([3, 2])
    expect(isRising([...(orders ?? []), ...(await taken(1))])).toBe(true)
  })

  check('each id lies where its source’s do, and is one that the API takes', async () => {
    const ids = await taken(3)
    const ranges = Object.values(numberRanges).filter(({ first, last }) =>
      ids.some((id) => Number(id) >= first && Number(id) <= last),
    )
    expect(ranges).toHaveLength(1)
    expect(ids.filter((id) => !/^[1-9][0-9]{0,15}$/.test(id))).toEqual([])
  })

  check('an id once handed out is never handed out again, even after rollback', async () => {
    const handedOut: string[] = []
    const rolledBack = world.services.connections.transaction(async (db) => {
      handedOut.push(...(await take(db, 3)))
      throw new Error('rolled back')
    })
    await rolledBack.catch(() => {})
    expect(handedOut).toHaveLength(3)
    expect(handedOut).not.toContainAnyValues(await taken(3))
  })

  check('taking ids does not wait for another transaction that has taken one', async () => {
    await world.services.connections.transaction(async (db) => {
      await take(db, 1)
      const second = taken(1)
      const seen = await world.endsOrWaits(second)
      if (seen === 'ends') await second
      else second.catch(() => {})
      expect(seen).toBe('ends')
    })
  })
}

const acrossProcesses = 'an id taken after another one is larger, in two processes too'

describeLive('ids', ['TEST_DATABASE_URL'], () => {
  const knownFailures: Record<string, Record<string, string>> = {
    'sequence-table': {
      'an id once handed out is never handed out again, even after rollback':
        'the rollback takes the count back too',
      'taking ids does not wait for another transaction that has taken one':
        'the row of the sequence is locked until the commit',
    },
    'ticket-server': { [acrossProcesses]: 'each process uses up the range that it has leased' },
    'time-sorted': { [acrossProcesses]: 'within a millisecond the process’s number decides' },
  }
  contract('ids', suite, { knownFailures })

  test('those promise order that keep it, and no others', () => {
    for (const name of Object.keys(axes.ids.options)) {
      const breaks = knownFailures[name]?.[acrossProcesses] !== undefined
      expect([name, parseDesign(`ids=${name}`).idsInOrder]).toEqual([name, !breaks])
    }
  })

  const unavailable = { code: 'ids-unavailable', definite: true }

  const failing = async (design: string, services: Partial<Services> = {}) => {
    const ctx = world.ctx(design, services)
    const work = ctx.connections.transaction((db) => ctx.design.ids.take(ctx, db, 'orders', 1))
    const error = await within(
      work.catch((caught: unknown) => caught),
      'an answer',
    )
    return error
  }

  test('without the row of the sequence there is no id', async () => {
    await world.query(sql`delete from sequences where name = 'orders'`)
    const errors = [await failing('before'), await failing('ids=sequence-function')]
    await world.query(sql`insert into sequences (name, value) values ('orders', 0)`)
    expect(errors).toMatchObject([unavailable, unavailable])
  })

  test('a sequence at the end of its range refuses rather than go on among another’s', async () => {
    const { last } = numberRanges.sequenceRows
    await world.query(sql`update sequences set value = ${last} where name = 'orders'`)
    expect(await failing('before')).toMatchObject(unavailable)
    expect(await failing('ids=sequence-function')).toMatchObject(unavailable)
  })

  test('without its ticket server there is no id, in either mode', async () => {
    const send = async () => new Response('', { status: 503 })
    const tickets = createTicketClient({ url: 'http://tickets.test', send })
    expect(await failing('after', { tickets })).toMatchObject(unavailable)
    expect(await failing('ids=ticket-server-strict', { tickets })).toMatchObject(unavailable)
  })

  test('MariaDB’s sequences are refused on MySQL, with the reason', async () => {
    const mysql = { rows: async () => [{ version: '8.4.3' }] } as unknown as Database
    const side = { ...world.services.side, use: (work) => work(mysql) } as Connections
    expect(await failing('ids=database-sequence', { side })).toMatchObject({
      ...unavailable,
      detail: 'This source of ids is MariaDB’s SEQUENCE; this server is 8.4.3',
    })
  })

  test('deadlocks of replaced tickets are tried again, counted, and end', async () => {
    let failures = 3
    const use: Connections['use'] = (work) => {
      if (failures-- > 0)
        return Promise.reject(Object.assign(new Error('deadlock'), { errno: 1213 }))
      return world.services.side.use(work)
    }
    const side = { ...world.services.side, use }
    const ctx = world.ctx('ids=replace-into', { side })
    const take = () => ctx.connections.use((db) => ctx.design.ids.take(ctx, db, 'orders', 1))
    expect(await take()).toHaveLength(1)
    expect(ctx.connections.retries.deadlock).toBe(3)
    failures = Number.POSITIVE_INFINITY
    await expect(take()).rejects.toMatchObject({ code: 'lock-contention' })
  })

  test('mixed designs of one schema never give the same id', async () => {
    const all = Object.keys(axes.ids.options).map((name) => parseDesign(`ids=${name}`))
    const designs = all.filter((design) => refusalIn({ engine: testEngine }, design) === undefined)
    const takes = times(42, async (index) => {
      const ctx = world.ctx(designs[index % designs.length] ?? 'after')
      return ctx.connections.transaction((db) => ctx.design.ids.take(ctx, db, 'orders', 3))
    })
    expect(new Set((await Promise.all(takes)).flat()).size).toBe(126)
  })
})
