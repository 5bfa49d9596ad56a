import { afterAll, beforeAll, expect, test } from 'bun:test'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { type SpawnedProcess, spawnProcess } from '../spawn-process.ts'
import { jsonRequest, tokenForTest, withToken } from '../testing/app-for-test.ts'
import { eventually } from '../testing/barrier.ts'
import { describeLive, withWorld } from '../testing/fixtures.ts'

const requests = 20

describeLive('SIGTERM', ['TEST_DATABASE_URL'], () => {
  const world = withWorld('drain')
  let server: SpawnedProcess
  let bank: { url: string; stop(): Promise<void> }
  beforeAll(async () => {
    bank = world.bank.serve()
    server = await spawnProcess(join(import.meta.dir, '../main.ts'), {
      DATABASE_URL: world.databaseUrl,
      REDIS_URL: 'redis://127.0.0.1:9',
      TICKETS_URL: bank.url,
      BANK_URL: bank.url,
      STAMPEDE_DESIGN: 'before',
      STAMPEDE_POOL_CONNECTIONS: String(requests),
      CHAOS_TOKEN: tokenForTest,
    })
  })
  afterAll(async () => {
    server.kill('SIGKILL')
    await bank.stop()
  })

  const ask = (path: string, init: RequestInit = {}) =>
    fetch(server.url + path, { ...init, signal: AbortSignal.timeout(15_000) })
  const charge = (index: number) =>
    ask(
      `/api/v1/users/${index + 1}/balance`,
      jsonRequest('POST', { amountMinor: 1 }, { 'idempotency-key': `drain-${index}` }),
    )

  /** Connections of the server that are in a statement, which here means that they wait. */
  const waiting = async () => {
    const rows = await world.query(sql`
      select id from information_schema.processlist where db = database()
      and command in ('Query', 'Execute') and info like 'update users%'`)
    return rows.length >= requests
  }

  const isReady = () =>
    ask('/readyz').then(
      (response) => response.status === 200,
      () => false,
    )

  test('answers what is in flight, takes nothing new, switches faults off, exits 0', async () => {
    const fault = await ask('/chaos/faults/retry-storm', jsonRequest('PUT', {}, withToken))
    expect(fault.status).toBe(200)
    let answered: Response[] = []
    await world.others.connections.transaction(async (db) => {
      await db.rows(sql`select id from users where id <= ${requests} for update`)
      const inFlight = Array.from({ length: requests }, (_, index) => charge(index))
      await eventually(`${requests} requests wait for their rows`, waiting)
      // No connection of the crowd's is left to ask on.
      expect(await isReady()).toBe(true)
      server.kill('SIGTERM')
      await eventually('the server is not ready', async () => !(await isReady()))
      expect(await Promise.race([server.exited, Promise.resolve('running')])).toBe('running')
      queueMicrotask(async () => {
        answered = await Promise.all(inFlight)
      })
    })
    expect(await server.exited).toBe(0)
    await eventually('all answers are here', async () => answered.length === requests)
    expect(answered.map(({ status }) => status)).toEqual(Array(requests).fill(200))
    expect(answered.every(({ headers }) => headers.get('x-client-policy') === null)).toBe(true)
    const charged = await world.query(sql`select id from users where balance_minor = 1000001`)
    expect(charged).toHaveLength(requests)
    expect(await server.log).toContain('SIGTERM, draining')
  })
})
