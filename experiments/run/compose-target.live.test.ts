import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { createConnection } from 'mysql2/promise'
import { openSession } from '../../lab/processes/session.ts'
import { startOnFreePort } from '../../lab/servers/free-port.ts'
import { readRedisVersion } from '../../lab/servers/redis.ts'
import { scratchSession } from '../../lab/testing/scratch.ts'
import { resolveTool } from '../../lab/tools/resolve.ts'
import { createSchema, dropSchema } from '../../server/db/migrate.ts'
import { seed } from '../../server/db/seed.ts'
import { parseDesign } from '../../server/designs/design.ts'
import { type SpawnedShop, startShop } from '../../server/testing/spawned-shop.ts'
import { openCompose, published } from './compose-target.ts'
import { waitForQuiescence } from './quiescence.ts'

// No engine: the processes run here, on ports of their own. What compose adds is the publishing.

const { TEST_DATABASE_URL: server = '', TEST_REDIS_URL: redis = '' } = process.env
if (!server || !redis) console.log('skipped: the arms of compose: no private servers')

const schema = 'stampede_after'
const environment = { CHAOS_TOKEN: 'a-token-for-the-test', MYSQL_PASSWORD: 'for/tests' }
const { session: own } = await scratchSession()
const portOf = (url: string) => Number(new URL(url).port)

test('without the token, or without a server, it is refused in words', async () => {
  await expect(openCompose(published, {})).rejects.toThrow('set CHAOS_TOKEN')
  const closed = { ...published, mysql: 1 }
  await expect(openCompose(closed, environment)).rejects.toThrow('docker compose up --wait')
})

describe.skipIf(!server || !redis)('the arms of compose', () => {
  let shop: SpawnedShop
  /** As compose's: without a password. */
  let openRedisPort = 0
  const asRoot = async (...statements: string[]) => {
    const connection = await createConnection({ uri: server, connectTimeout: 5000 })
    for (const statement of statements) await connection.query(statement)
    await connection.end()
  }
  beforeAll(async () => {
    await asRoot(
      "drop user if exists stampede@'127.0.0.1'",
      `create user stampede@'127.0.0.1' identified by '${environment.MYSQL_PASSWORD}'`,
      "grant all privileges on `stampede\\_%`.* to stampede@'127.0.0.1'",
      "grant process on *.* to stampede@'127.0.0.1'",
    )
    const url = await createSchema(server, schema)
    await seed(url)
    shop = await startShop(url)
    const { command, environment: variables } = await resolveTool(own, 'redis', { install: false })
    const opened = await startOnFreePort(own, {
      name: 'redis',
      command: (port) => [...command, '--port', `${port}`, '--bind', '127.0.0.1', '--save', ''],
      environment: () => variables,
      scheme: 'redis://',
      ask: readRedisVersion,
      readyMsMax: 20_000,
    })
    openRedisPort = portOf(opened.url)
  }, 60_000)
  afterAll(async () => {
    await shop.stop()
    await asRoot("drop user if exists stampede@'127.0.0.1'")
    await dropSchema(server, schema)
  })

  const ports = () => ({
    ...published,
    mysql: portOf(server),
    redis: openRedisPort,
    'api-after': portOf(shop.url('server')),
    'bank-after': portOf(shop.url('bank')),
  })

  const open = async (design: string) => {
    const session = await openSession()
    const target = await openCompose(ports(), environment)
    const spec = { name: 'after', design: parseDesign(design).label }
    return target.openArm({ session, ...target }, spec).finally(() => session.close())
  }

  async function buy(api: string): Promise<number> {
    const answer = await fetch(`${api}/api/v1/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': 'the-same-each-time' },
      body: JSON.stringify({
        userId: '1',
        items: [{ optionId: '1', quantity: 1 }],
        payment: { method: 'card', cardToken: 'ok' },
      }),
      signal: AbortSignal.timeout(10_000),
    })
    expect(await answer.json()).toMatchObject({ status: 'paid' })
    expect(answer.headers.get('idempotency-replayed')).toBeNull()
    return answer.status
  }

  const chargesOf = async (bank: string) => {
    const answer = await fetch(`${bank}/v1/ledger`, { signal: AbortSignal.timeout(5000) })
    return ((await answer.json()) as { charges: object[] }).charges.length
  }

  test('an arm that is opened again has empty ledgers, and its processes sell on', async () => {
    for (let turn = 0; turn < 3; turn += 1) {
      const arm = await open('after')
      const [orders] = await arm.db.query('select id from orders')
      expect(orders).toEqual([])
      expect(await chargesOf(arm.bank.url)).toBe(0)
      expect(await buy(arm.api.url)).toBe(201)
      // The worker too goes on in the new tables: the sale's effects are done.
      expect(await waitForQuiescence(arm.db, 20_000)).toEqual([])
      const [effects] = await arm.db.query("select handler from effects where status = 'done'")
      expect(effects).toHaveLength(3)
      expect(await chargesOf(arm.bank.url)).toBe(1)
      await arm.close()
    }
  }, 60_000)

  test('an arm of another design is not rehearsed under a wrong name', async () => {
    await expect(open('before')).rejects.toThrow('the arm after runs ids=ticket-server')
  })
})
