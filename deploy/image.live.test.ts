import { afterAll, beforeAll, expect, test } from 'bun:test'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '../lab/processes/run.ts'
import { scratchFolder } from '../lab/testing/scratch.ts'
import { dropSchema } from '../server/db/migrate.ts'
import { type SpawnedProcess, spawnProcess } from '../server/spawn-process.ts'
import { describeLive } from '../server/testing/fixtures.ts'
import { changed, readComposeFile, root } from './testing/compose-file.ts'
import { environmentOf, instructionsOf } from './testing/dockerfile.ts'
import { makeImageFolder } from './testing/image-folder.ts'

// No engine: the commands of the compose file run as they are, in the folder that the image would
// have, with the environment that it says; only addresses and the data folder are others.

const databaseUrl = Bun.env.TEST_DATABASE_URL ?? ''
const redisUrl = Bun.env.TEST_REDIS_URL ?? ''
const schema = `stampede_test_compose_${process.pid}`
const answerMsMax = 10_000

const { services } = await readComposeFile()
const folder = await scratchFolder()
const data = await scratchFolder()
const image = environmentOf(instructionsOf(await Bun.file(join(root, 'Dockerfile')).text()))
const running = new Map<string, SpawnedProcess>()

/** The service's environment, with local addresses in place of the containers' names. */
function environmentHere(name: string): Record<string, string> {
  const { host, username, password } = new URL(databaseUrl)
  const here = (value: string) =>
    [...running].reduce(
      (text, [service, { url }]) => text.replace(`http://${service}:4000`, url),
      value
        .replace('stampede:stampede@mysql:3306', `${username}:${password}@${host}`)
        .replace('stampede_after', schema)
        .replace('redis://redis:6379', redisUrl)
        .replace('/data/', `${data}/${name}-`),
    )
  const own = changed(services[name]?.environment, here)
  return { ...image, STAMPEDE_HOST: '127.0.0.1', ...own, STAMPEDE_PORT: '0' }
}

const entryOf = (name: string) => {
  const [program, entry = ''] = services[name]?.command ?? []
  expect(program).toBe('bun')
  return join(folder, entry)
}

async function start(name: string): Promise<SpawnedProcess> {
  const started = await spawnProcess(entryOf(name), environmentHere(name))
  running.set(name, started)
  return started
}

const runToEnd = (words: string[], environment: Record<string, string>) =>
  run([process.execPath, ...words], { folder, environment, timeoutMs: 60_000 })

/** The health check of the service, or the image's own, against a port here. */
function askHealth(name: string, port: string) {
  const ofImage = ['CMD', 'bun', 'deploy/healthcheck.ts', '/healthz']
  const [, program, ...words] = services[name]?.healthcheck?.test ?? ofImage
  expect(program).toBe('bun')
  return runToEnd(words, { STAMPEDE_PORT: port })
}

const portOf = (name: string) => new URL(running.get(name)?.url ?? 'http://none:1').port

function post(name: string, path: string, body: object, headers: object): Promise<Response> {
  return fetch(`${running.get(name)?.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(answerMsMax),
  })
}

describeLive('the image', ['TEST_DATABASE_URL', 'TEST_REDIS_URL'], () => {
  beforeAll(() => makeImageFolder(folder), 180_000)
  afterAll(async () => {
    for (const one of running.values()) one.kill('SIGKILL')
    await dropSchema(databaseUrl, schema)
  })

  test('a health check fails while nothing listens, or the database does not answer', async () => {
    expect((await askHealth('api-after', '1')).code).toBe(1)
    const noDatabase = { DATABASE_URL: 'mysql://root@127.0.0.1:1/stampede_nowhere' }
    const urls = { TICKETS_URL: 'http://127.0.0.1:1', BANK_URL: 'http://127.0.0.1:1' }
    const environment = { ...environmentHere('api-after'), ...noDatabase, ...urls }
    const api = await spawnProcess(entryOf('api-after'), environment)
    const { code, err } = await askHealth('api-after', new URL(api.url).port)
    api.kill('SIGKILL')
    expect(err).toStartWith('503 ')
    expect(code).toBe(1)
  })

  test('prepare makes the shop, and finds it there the second time', async () => {
    const prepare = () => runToEnd([entryOf('prepare-after')], environmentHere('prepare-after'))
    expect(await prepare()).toMatchObject({ code: 0, err: expect.stringContaining('seeded') })
    expect(await prepare()).toMatchObject({ code: 0, err: expect.stringContaining('there') })
  }, 60_000)

  test('every process starts from the image’s files, and is healthy by its own check', async () => {
    const inOrder = ['tickets', 'bank', 'api', 'worker', 'coupon-gateway']
    for (const name of inOrder.map((role) => `${role}-after`)) {
      await start(name)
      expect([name, await askHealth(name, portOf(name))]).toMatchObject([name, { code: 0 }])
    }
  }, 60_000)

  test('it sells: an order is placed and paid, and its page of reference opens', async () => {
    const order = await post(
      'api-after',
      '/api/v1/orders',
      {
        userId: '1',
        items: [{ optionId: '1', quantity: 1 }],
        payment: { method: 'card', cardToken: 'ok' },
      },
      { 'idempotency-key': 'compose-1' },
    )
    expect(await order.json()).toMatchObject({ status: 'paid' })
    expect(order.status).toBe(201)
    const asked = { partner: 'partner-1', product: '1', quantity: 2, requestId: 'compose-1' }
    const coupons = await post('coupon-gateway-after', '/api/v1/coupons', asked, {
      'x-partner-key': 'key-of-partner-1',
    })
    expect([coupons.status, await coupons.json()]).toMatchObject([201, { requestId: 'compose-1' }])
    const page = await fetch(`${running.get('api-after')?.url}/docs`)
    expect(page.status).toBe(200)
  })

  test('each ends with 0 on SIGTERM, and has written nothing beside its data', async () => {
    const before = readdirSync(folder, { recursive: true }).length
    const inOrder = ['coupon-gateway', 'api', 'worker', 'bank', 'tickets']
    for (const name of inOrder.map((role) => `${role}-after`)) {
      const one = running.get(name)
      one?.kill('SIGTERM')
      expect([name, await one?.exited]).toEqual([name, 0])
    }
    expect(readdirSync(folder, { recursive: true }).length).toBe(before)
    expect(readdirSync(data).toSorted()).toContain('bank-after-bank.sqlite')
  }, 60_000)
})
