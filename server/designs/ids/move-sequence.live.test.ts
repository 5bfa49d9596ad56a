import { afterAll, beforeAll, beforeEach, expect, spyOn, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import { createTicketClient } from '../../clients/ticket-client.ts'
import { type BorrowingPool, defaultLimits, openPool } from '../../db/pool.ts'
import { describeLive, withWorld } from '../../testing/fixtures.ts'
import { createTicketsApp } from '../../tickets/app.ts'
import { createMarks } from '../../tickets/marks.ts'
import { inversionsIn, ticketRange } from '../../tickets/ranges.ts'
import { Sequences } from '../../tickets/sequences.ts'
import { refuseMarksThatWentBack } from '../../tickets/start-checks.ts'
import { parseDesign } from '../design.ts'
import { type Wanted, withFlag } from '../flags/change.ts'
import { DesignFlags } from '../flags/design-flags.ts'
import { databaseLog } from '../flags/design-log.ts'
import { OpenedOptions } from '../opened-options.ts'

const logged = spyOn(console, 'error').mockImplementation(() => {})
afterAll(() => logged.mockRestore())

describeLive('a sequence that moves', ['TEST_DATABASE_URL'], () => {
  const world = withWorld('ids_moved', { isAudited: true })
  let pool: BorrowingPool
  beforeAll(() => {
    pool = openPool(world.databaseUrl, { ...defaultLimits, connections: 4 })
  })
  afterAll(() => pool?.close())
  // No ticket server of the test before is left.
  beforeEach(() => world.query(sql`delete from ticket_marks`))

  /** A shop whose ticket server counts in the database, and its processes. */
  function shop(design = 'before') {
    const sequences = new Sequences({ lease: createMarks(pool, ticketRange) })
    const app = createTicketsApp(sequences)
    const send = async (url: string, init: RequestInit) => app.request(url, init)
    const start = parseDesign(design)
    return {
      async process() {
        const tickets = createTicketClient({ url: 'http://tickets.test', send, rangeSize: 100 })
        const services = { ...world.services, tickets }
        const options = new OpenedOptions(services)
        const flags = new DesignFlags({
          log: databaseLog(world.others.side),
          start,
          skipTo: tickets.skipTo,
        })
        await flags.poll()
        const takeBy = async (asked: string, count = 1) => {
          const ctx = options.ctx(parseDesign(asked), 'test')
          const take = () =>
            ctx.connections.transaction((db) => ctx.design.ids.take(ctx, db, 'orders', count))
          return (await take()).map(Number)
        }
        return {
          flags,
          options,
          takeBy,
          take: (count?: number) => takeBy(flags.mix.base.label, count),
          move: (wanted: Wanted, startId?: number) =>
            flags.change(
              { reason: 'a test', author: 'kim' },
              undefined,
              ({ flags: now }, epoch) => withFlag(now, 'ids.orders', wanted, epoch),
              startId,
            ),
        }
      },
    }
  }
  const row = async () => {
    const [found] = await world.query<Record<string, string | null>>(
      sql`select value, retired_value as retired, successor
        from sequences where name = 'orders'`,
    )
    return found
  }
  const tickets = { option: 'ticket-server-strict' }
  const table = { option: 'sequence-table' }

  test('under load, unread by one process: ids in order, none twice, no error', async () => {
    const { process } = shop()
    const [quick, slow] = [await process(), await process()]
    const takers = [quick, slow, quick, slow].map(async (one) => {
      const ids: number[] = []
      while (ids.filter((id) => id >= ticketRange.first).length < 20) {
        ids.push(...(await one.take()))
        await Bun.sleep(1)
      }
      return ids
    })
    await Bun.sleep(50)
    await quick.move(tickets)
    const retired = Number((await row())?.retired)
    const taken = await Promise.all(takers)
    for (const own of taken) expect(inversionsIn(own.map(String))).toBe(0)
    const all = taken.flat()
    expect(new Set(all).size).toBe(all.length)
    expect(all.filter((id) => id <= retired)).toHaveLength(retired)
    expect(await row()).toMatchObject({ value: String(retired), successor: tickets.option })
    expect(slow.flags.mix.epoch).toBe(0)
    expect(slow.options.redirectedIds.orders).toBeGreaterThan(0)
  })

  test('a transaction that has an id of the row ends before the sequence moves', async () => {
    const one = await shop().process()
    let isMoved = false
    const ctx = one.options.ctx(parseDesign('before'), 'test')
    let move: Promise<unknown> = Promise.resolve()
    await ctx.connections.transaction(async (db) => {
      await ctx.design.ids.take(ctx, db, 'orders', 1)
      move = one.move(tickets).then(() => {
        isMoved = true
      })
      expect(await world.endsOrWaits(move)).toBe('waits')
      expect(isMoved).toBe(false)
    })
    await move
    expect(await row()).toMatchObject({ value: '1', retired: '1' })
  })

  test('the new source begins at the start that was asked for', async () => {
    const one = await shop().process()
    await one.takeBy('ids=ticket-server-strict')
    await one.move(tickets, 1_500_000_000)
    expect(await one.take(2)).toEqual([1_500_000_000, 1_500_000_001])
  })

  test('there and back and there again: ids only rise, whatever is leased', async () => {
    const one = await shop().process()
    const ids = await one.take(3)
    for (const wanted of [{ option: 'ticket-server' }, table, { option: 'ticket-server' }, table]) {
      await one.move(wanted)
      ids.push(...(await one.take(3)))
    }
    expect(inversionsIn(ids.map(String))).toBe(0)
    expect(ids.at(-1)).toBeGreaterThan(ticketRange.first)
    await refuseMarksThatWentBack(pool, ticketRange)
  })

  test('back at the row, processes that ask the ticket server get ids of the row', async () => {
    const [one, other] = [await shop().process(), await shop().process()]
    await one.move(tickets)
    await one.take()
    await one.move(table)
    const [id = 0] = await one.take()
    await other.flags.poll()
    expect(await other.takeBy('ids=ticket-server')).toEqual([id + 1])
    expect(await one.takeBy('ids=ticket-server-strict')).toEqual([id + 2])
  })

  test('by a function too, which stands still as the row does', async () => {
    const one = await shop('before,ids=sequence-function').process()
    await one.take(2)
    await one.move(tickets)
    expect(await one.takeBy('ids=sequence-function')).toEqual([ticketRange.first])
    expect(await row()).toMatchObject({ value: '2', retired: '2' })
  })

  test('a move that another change was faster than has moved nothing', async () => {
    const { process } = shop()
    const [one, other] = [await process(), await process()]
    const both = await Promise.allSettled([one.move(tickets), other.move(tickets)])
    const { log } = one.flags
    expect(await log.lastEpoch()).toBe(both.filter(({ status }) => status === 'fulfilled').length)
    const entry = { epoch: 9, flags: '{}', reason: 'late', author: 'kim' }
    const to = { option: 'sequence-table', range: 'sequenceRows' as const }
    expect(await log.append(entry, [{ sequence: 'orders', to }])).toBe(false)
    expect(await row()).toMatchObject({ successor: tickets.option })
  })

  test('refused: to lower ids, both once they touch, and without room', async () => {
    const refused = { code: 'design-refused' }
    const sorted = await shop('before,ids=time-sorted').process()
    await expect(sorted.move(table)).rejects.toMatchObject({ ...refused, field: 'option' })
    const one = await shop().process()
    const full = one.move(tickets, ticketRange.last - 10)
    await expect(full).rejects.toMatchObject({ ...refused, field: 'start' })
    expect(await row()).toMatchObject({ successor: null })
    await one.move(tickets)
    await one.take()
    await one.move(table)
    const both: Wanted = { ...table, to: 'ticket-server', percent: 50, provoke: true }
    await expect(one.move(both)).rejects.toMatchObject({ ...refused, field: 'to' })
  })

  test('provoked, both give ids, and the audit of the retired has nothing to say', async () => {
    const one = await shop().process()
    await one.move({ ...table, to: 'ticket-server', percent: 50, provoke: true })
    const ids: number[] = []
    for (const option of ['sequence-table', 'ticket-server', 'sequence-table']) {
      ids.push(...(await one.takeBy(`ids=${option}`)))
    }
    expect(inversionsIn(ids.map(String))).toBe(1)
    await one.move(tickets)
    expect(Math.min(...(await one.take()))).toBeGreaterThan(Math.max(...ids))
  })
})
