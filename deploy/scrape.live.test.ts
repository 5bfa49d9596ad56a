import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { run } from '../lab/processes/run.ts'
import { freePort } from '../lab/servers/free-port.ts'
import { scratchFolder } from '../lab/testing/scratch.ts'
import { findProgram } from '../lab/tools/find.ts'
import { createSchema, dropSchema } from '../server/db/migrate.ts'
import { seed } from '../server/db/seed.ts'
import { type SpawnedShop, startShop } from '../server/testing/spawned-shop.ts'
import { changed, readComposeFile, root } from './testing/compose-file.ts'
import { startProgram, stopPrograms, untilAnswer } from './testing/tools.ts'

// Prometheus, the exporters and k6 with the compose file's own command lines and Prometheus' own
// configuration; only names of containers are addresses of here.

const server = Bun.env.TEST_DATABASE_URL ?? ''
const redis = Bun.env.TEST_REDIS_URL ?? ''
const k6 = Bun.env.TEST_K6
const schema = `stampede_test_scrape_${process.pid}`
const { services } = await readComposeFile()
const programs = {
  prometheus: await findProgram('prometheus'),
  mysqld: await findProgram('prometheus-mysqld-exporter'),
  redis: await findProgram('prometheus-redis-exporter'),
}
const absent = [
  ...Object.entries(programs).flatMap(([name, path]) => (path ? [] : [`no ${name}`])),
  ...(server && redis ? [] : ['TEST_DATABASE_URL or TEST_REDIS_URL not set']),
]
if (absent.length > 0) console.log(`skipped: scraping: ${absent.join(', ')}`)

const folder = await scratchFolder()
let shop: SpawnedShop
/** `127.0.0.1:port` by `container:port`. */
const here = new Map<string, string>()

const rewritten = (text: string) =>
  [...here].reduce((sum, [container, address]) => sum.replaceAll(container, address), text)

const commandOf = (name: string) => (services[name]?.command ?? []).map(rewritten)

const environmentOf = (name: string) => changed(services[name]?.environment, rewritten)

async function startExporters(): Promise<void> {
  const [mysqlPort, redisPort] = [await freePort(), await freePort()]
  here.set('redis://redis:6379', redis)
  // Debian's is 0.14, which has its address by environment; flags that it knows are the file's.
  const known = commandOf('mysqld-exporter').filter((word) => word.startsWith('--collect'))
  const listen = (port: number) => `--web.listen-address=127.0.0.1:${port}`
  const { host, username, password } = new URL(server)
  const source = { DATA_SOURCE_NAME: `${username}:${password}@(${host})/` }
  startProgram([programs.mysqld ?? '', ...known, listen(mysqlPort)], source)
  startProgram([programs.redis ?? '', listen(redisPort)], environmentOf('redis-exporter'))
  here.set('mysqld-exporter:9104', `127.0.0.1:${mysqlPort}`)
  here.set('redis-exporter:9121', `127.0.0.1:${redisPort}`)
}

async function startPrometheus(): Promise<void> {
  const port = await freePort()
  const config = await Bun.file(join(root, 'dashboards/prometheus.yml')).text()
  const file = join(folder, 'prometheus.yml')
  const rules = join(root, 'dashboards/rules')
  await Bun.write(file, rewritten(config).replace('rules/', `${rules}/`))
  const command = commandOf('prometheus').map((word) =>
    word
      .replace('/etc/prometheus/prometheus.yml', file)
      .replace('=/prometheus', `=${join(folder, 'data')}`),
  )
  const listen = `--web.listen-address=127.0.0.1:${port}`
  startProgram([programs.prometheus ?? '', ...command, listen], { GOMAXPROCS: '1' })
  here.set('prometheus:9090', `127.0.0.1:${port}`)
}

interface Sample {
  metric: Record<string, string>
  value: [number, string]
}

/** Asks Prometheus until the query has the expected samples. */
function untilQuery(query: string, accept: (samples: Sample[]) => boolean): Promise<Sample[]> {
  const words = new URLSearchParams({ query })
  const url = `http://${here.get('prometheus:9090')}/api/v1/query?${words}`
  return untilAnswer(url, async (answer) => {
    if (!answer.ok) return false
    const body = (await answer.json()) as { data?: { result: Sample[] } }
    const samples = body.data?.result ?? []
    return accept(samples) && samples
  })
}

/** The service's health check, asking at its address here. */
async function health(name: string, container: string): Promise<number> {
  const [kind, ...words] = services[name]?.healthcheck?.test ?? []
  const port = container.split(':')[1] ?? ''
  const asked = words.map((word) => word.replace(`127.0.0.1:${port}`, here.get(container) ?? ''))
  return (await run(kind === 'CMD' ? asked : ['sh', '-c', ...asked])).code
}

describe.skipIf(absent.length > 0)('scraping', () => {
  beforeAll(async () => {
    const url = await createSchema(server, schema)
    await seed(url)
    shop = await startShop(url)
    await shop.start('gateway')
    here.set('api-after:4000', new URL(shop.url('server')).host)
    here.set('worker-after:4000', new URL(shop.url('worker')).host)
    here.set('tickets-after:4000', new URL(shop.url('tickets')).host)
    here.set('coupon-gateway-after:4000', new URL(shop.url('gateway')).host)
    await startExporters()
    await startPrometheus()
  }, 60_000)
  afterAll(async () => {
    await stopPrograms()
    await shop.stop()
    await dropSchema(server, schema)
  })

  test('what is here is up under the names that the boards ask for', async () => {
    const ofArm = ['api', 'coupon-gateway', 'tickets', 'worker'].map((role) => `${role}-after`)
    const instances = [...ofArm, 'mysql', 'redis']
    await untilQuery('up == 1', (samples) => {
      const names = samples.map(({ metric }) => metric.instance ?? '')
      return instances.every((name) => names.includes(name))
    })
    for (const query of ['mysql_up == 1', 'redis_up == 1', 'stampede_design_info{arm="after"}']) {
      await untilQuery(query, (samples) => samples.length > 0)
    }
  }, 60_000)

  test('the health checks are true: good while all is well, bad without the database', async () => {
    const [mysqld, prometheus] = ['mysqld-exporter:9104', 'prometheus:9090']
    expect(await health('mysqld-exporter', mysqld)).toBe(0)
    expect(await health('redis-exporter', 'redis-exporter:9121')).toBe(0)
    expect(await health('prometheus', prometheus)).toBe(0)

    const port = await freePort()
    const listen = `--web.listen-address=127.0.0.1:${port}`
    const unreachable = { DATA_SOURCE_NAME: 'root@(127.0.0.1:1)/' }
    startProgram([programs.mysqld ?? '', listen], unreachable)
    const right = here.get(mysqld) ?? ''
    here.set(mysqld, `127.0.0.1:${port}`)
    await untilAnswer(`http://127.0.0.1:${port}/`, async (answer) => answer.ok)
    expect(await health('mysqld-exporter', mysqld)).not.toBe(0)
    here.set(mysqld, right)
  }, 60_000)

  test.skipIf(!k6)(
    'k6 sells, and its metrics arrive with their arm and outcome',
    async () => {
      const words = commandOf('k6').map((word) =>
        word.replace('/loadtests/', `${join(root, 'loadtests')}/`).replace('flash-sale', 'smoke'),
      )
      const { code, err } = await run([k6 ?? '', ...words], {
        environment: {
          ...environmentOf('k6'),
          STAMPEDE_TARGET: shop.url('server'),
          STAMPEDE_RATE: '5',
          STAMPEDE_DURATION_SECONDS: '2',
        },
        timeoutMs: 40_000,
      })
      expect([code, err]).toEqual([0, err])
      const paid = 'sum by (arm, run, outcome) (last_over_time(k6_stampede_journeys_total[1m]))'
      const samples = await untilQuery(paid, (found) => found.length > 0)
      expect(samples.map(({ metric }) => metric)).toContainEqual({
        arm: 'after',
        run: 'compose',
        outcome: 'paid',
      })
    },
    60_000,
  )
})
