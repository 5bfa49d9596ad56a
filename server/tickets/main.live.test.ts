import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test'
import { join } from 'node:path'
import { createConnection, type RowDataPacket } from 'mysql2/promise'
import { createTicketClient, IdsUnavailable } from '../clients/ticket-client.ts'
import { createSchema, dropSchema } from '../db/migrate.ts'
import { type SpawnedProcess, spawnProcess } from '../spawn-process.ts'
import { jsonRequest } from '../testing/app-for-test.ts'
import { eventually } from '../testing/barrier.ts'
import { describeLive } from '../testing/fixtures.ts'
import { type LossyProxy, openLossyProxy } from '../testing/lossy-proxy.ts'
import { firstOverlap, inversionsIn, type Range } from './ranges.ts'

const databaseServer = Bun.env.TEST_DATABASE_URL ?? ''
const schema = `stampede_test_tickets_${process.pid}`
const started: SpawnedProcess[] = []
let databaseUrl: string
let proxy: LossyProxy

async function start(env: Record<string, string> = {}): Promise<SpawnedProcess> {
  const entry = join(import.meta.dir, 'main.ts')
  const server = await spawnProcess(entry, { DATABASE_URL: databaseUrl, ...env })
  started.push(server)
  return server
}

async function post(url: string, body: object): Promise<Response> {
  const init = { ...jsonRequest('POST', body), signal: AbortSignal.timeout(5000) }
  return fetch(`${url}/v1/ranges`, init)
}

async function takeRange(url: string, count: number): Promise<Range> {
  const reply = await post(url, { sequence: 'orders', count })
  if (!reply.ok) throw new Error(await reply.text())
  const range = (await reply.json()) as { first: string; last: string }
  return { first: Number(range.first), last: Number(range.last) }
}

async function sql<Row>(statement: string, values: unknown[] = []): Promise<Row[]> {
  const connection = await createConnection({ uri: databaseUrl, connectTimeout: 5000 })
  try {
    const [rows] = await connection.query<RowDataPacket[]>(statement, values)
    return rows as Row[]
  } finally {
    await connection.end()
  }
}

/** Eight takers until the server is gone; it is killed when `killAfter` ranges have come back. */
async function trafficUntilKilled(server: SpawnedProcess, killAfter: number): Promise<Range[]> {
  const ranges: Range[] = []
  const taker = async (seed: number) => {
    for (let turn = 0; turn < 10_000; turn++) {
      ranges.push(await takeRange(server.url, 1 + ((seed * 7919 + turn * 104_729) % 5000)))
      if (ranges.length === killAfter) server.kill('SIGKILL')
    }
  }
  await Promise.allSettled(Array.from({ length: 8 }, (_, seed) => taker(seed)))
  return ranges
}

describeLive('the ticket server', ['TEST_DATABASE_URL'], () => {
  beforeAll(async () => {
    databaseUrl = await createSchema(databaseServer, schema)
    proxy = await openLossyProxy(databaseServer)
  })
  afterAll(async () => {
    for (const server of started) server.kill('SIGKILL')
    proxy.stop()
    await dropSchema(databaseServer, schema)
  })
  beforeEach(async () => {
    await sql('delete from ticket_marks')
  })

  test('no id is issued twice over kill -9 in the middle of traffic', async () => {
    const issued: Range[] = []
    for (const killAfter of [1, 50, 120, 9]) {
      const server = await start()
      const ranges = await trafficUntilKilled(server, killAfter)
      expect(await server.exited).toBeNull()
      expect(ranges.length).toBeGreaterThanOrEqual(killAfter)
      const highest = Math.max(0, ...issued.map((range) => range.last))
      expect(Math.min(...ranges.map((range) => range.first))).toBeGreaterThan(highest)
      issued.push(...ranges)
    }
    expect(firstOverlap(issued)).toBeUndefined()
  }, 30_000)

  test('a client rides out a kill -9 and goes on above its last id', async () => {
    const server = await start()
    const port = new URL(server.url).port
    const client = createTicketClient({ url: server.url, rangeSize: 5, refillBelow: 0 })
    expect(await client.take('orders', 2)).toEqual(['1000000000', '1000000001'])
    server.kill('SIGKILL')
    await server.exited
    expect(client.take('orders', 3)).toHaveLength(3)
    await expect(client.next('orders')).rejects.toBeInstanceOf(IdsUnavailable)
    await start({ STAMPEDE_PORT: port })
    expect(Number(await client.next('orders'))).toBeGreaterThan(1_000_000_004)
  }, 15_000)

  test('what is leased of a sequence that has moved is dropped, and leased no more', async () => {
    const { url } = await start()
    await takeRange(url, 1)
    await sql(`update ticket_marks set successor = 'sequence-table', retired_value = high_water,
      retired_epoch = 7 where name = 'orders'`)
    const isRefused = async () => (await post(url, { sequence: 'orders', count: 1 })).status === 409
    await eventually('it gives no id of the sequence', isRefused)
    const refused = await post(url, { sequence: 'orders', count: 1 })
    expect(await refused.json()).toMatchObject({
      code: 'sequence-retired',
      detail: 'change 7 moved orders to sequence-table',
    })
    await sql(`update ticket_marks set successor = null, high_water = 1000050000`)
    expect((await takeRange(url, 1)).first).toBe(1_000_050_001)
  }, 15_000)

  test('two instances at once, and one that is killed and comes back: no id twice', async () => {
    const [kept, killed] = [await start(), await start()]
    const takes = Array.from({ length: 60 }, (_, index) =>
      takeRange((index % 2 === 0 ? kept : killed).url, 1 + ((index * 7919) % 5000)),
    )
    const issued = await Promise.all(takes)
    killed.kill('SIGKILL')
    const back = await start()
    for (const { url } of [kept, back, kept, back]) issued.push(await takeRange(url, 3000))
    expect(issued).toHaveLength(64)
    expect(firstOverlap(issued)).toBeUndefined()
  }, 15_000)

  test('a database outage is reported only once the buffered ids are used up', async () => {
    const server = await start({ DATABASE_URL: proxy.through(databaseUrl) })
    const issued = [await takeRange(server.url, 1)]
    proxy.cutOff(true)
    const buffered = 9999
    for (let taken = 0; taken < buffered; taken += 99) {
      issued.push(await takeRange(server.url, 99))
    }
    const refused = await post(server.url, { sequence: 'orders', count: 1 })
    expect([refused.status, await refused.json()]).toMatchObject([503, { code: 'no-lease' }])
    proxy.cutOff(false)
    issued.push(await takeRange(server.url, 1))
    expect(firstOverlap(issued)).toBeUndefined()
    expect(issued).toEqual(issued.toSorted((a, b) => a.first - b.first))
    server.kill('SIGKILL')
  }, 15_000)

  test('a lease whose answer is lost is a gap, and never handed out', async () => {
    const server = await start({ DATABASE_URL: proxy.through(databaseUrl) })
    const first = await takeRange(server.url, 1)
    proxy.lose('update ticket_marks', 'answer')
    const reply = await post(server.url, { sequence: 'orders', count: 50_000 })
    expect(reply.status).toBe(503)
    expect(proxy.losses()).toBeGreaterThan(0)
    const next = await takeRange(server.url, 50_000)
    expect(next.first).toBeGreaterThan(first.last + 50_000)
    server.kill('SIGKILL')
  }, 15_000)

  test('a mark that is put back stops its sequence, and the next start', async () => {
    const server = await start()
    await takeRange(server.url, 20_000)
    await sql("update ticket_marks set high_water = 1000000000 where name = 'orders'")
    const refuse = async () => {
      const reply = await post(server.url, { sequence: 'orders', count: 10_000 })
      expect(await reply.json()).toMatchObject({ status: 503, code: 'mark-went-back' })
    }
    await refuse()
    // The mark has been raised by the lease that was refused; no process has read it yet.
    await refuse()
    server.kill('SIGKILL')
    await server.exited
    expect(await server.log).toContain('stopped until an operator has checked it')
  }, 15_000)

  test('marks below ids in use refuse the start, those of other sources do not', async () => {
    const put = 'insert into cart_items (id, user_id, option_id, quantity) values ?'
    await sql(put, [[[7, 1, 1, 1]]])
    await sql(put, [[[3_000_000_000, 1, 2, 1]]])
    ;(await start()).kill('SIGKILL')
    await sql(put, [[[1_000_000_500, 1, 3, 1]]])
    const refused = async (mark: string) => {
      const error = await start().catch((cause) => cause)
      expect(error).toMatchObject({ exitCode: 1, log: expect.stringContaining(mark) })
    }
    await refused('cart_items has id 1000000500, but there is no mark')
    await sql(
      `insert into ticket_marks (name, high_water, updated_at)
       values ('cart_items', 1000000499, now())`,
    )
    await refused('cart_items has id 1000000500, but the mark is 1000000499')
    await sql("update ticket_marks set high_water = 1000000500 where name = 'cart_items'")
    ;(await start()).kill('SIGKILL')
    await sql('delete from cart_items')
  }, 15_000)

  test('a start that is raised later lifts the marks, one that is lowered does not', async () => {
    const firstOf = async (first: number) => {
      const server = await start({ TICKETS_START: String(first) })
      const range = await takeRange(server.url, 1)
      server.kill('SIGKILL')
      return range.first
    }
    expect(await firstOf(5)).toBe(5)
    expect(await firstOf(1_000_000)).toBe(1_000_000)
    expect(await firstOf(5)).toBeGreaterThan(1_000_000)
  }, 15_000)

  test('the end of the range is reported, and no id beyond it given', async () => {
    const server = await start({ TICKETS_START: '5', TICKETS_END: '20004' })
    expect(await takeRange(server.url, 20_000)).toEqual({ first: 5, last: 20_004 })
    const reply = await post(server.url, { sequence: 'orders', count: 1 })
    expect([reply.status, await reply.json()]).toMatchObject([409, { code: 'sequence-exhausted' }])
    server.kill('SIGKILL')
  }, 15_000)

  test('two processes in turn: inversions from leased ranges, none in strict order', async () => {
    const { url } = await start()
    const clients = [createTicketClient({ url }), createTicketClient({ url })]
    const inTurn = async (take: (client: (typeof clients)[0]) => Promise<string[]>) => {
      const ids: string[] = []
      for (let turn = 0; turn < 50; turn += 1) {
        for (const client of clients) ids.push(...(await take(client)))
      }
      return ids
    }
    expect(inversionsIn(await inTurn(async (client) => client.take('orders', 1)))).toBe(49)
    expect(inversionsIn(await inTurn((client) => client.takeInOrder('orders', 1)))).toBe(0)
  }, 15_000)

  test('bad settings end it with code 4, each by its name', async () => {
    const bad = { DATABASE_URL: 'redis://x', TICKETS_START: '0', STAMPEDE_PORT: 'x' }
    const error = await start({ ...bad, TICKETS_DURABILITY: 'no' }).catch((cause) => cause)
    expect(error).toMatchObject({ exitCode: 4 })
    for (const name of [...Object.keys(bad), 'TICKETS_DURABILITY']) {
      expect(error.log).toContain(name)
    }
    const swapped = { TICKETS_START: '9', TICKETS_END: '8' }
    const second = await start(swapped).catch((cause) => cause)
    expect(second.log).toContain('TICKETS_END: must not be below TICKETS_START')
  })
})
