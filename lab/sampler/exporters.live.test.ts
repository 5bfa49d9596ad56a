import { beforeAll, expect, test } from 'bun:test'
import { join, resolve } from 'node:path'
import { eventually } from '../../server/testing/barrier.ts'
import { testEngine } from '../../server/testing/engine.ts'
import { describeLive } from '../../server/testing/fixtures.ts'
import { startChild, startServer } from '../processes/child.ts'
import { freePort } from '../servers/free-port.ts'
import { parseMetrics } from '../testing/parse-metrics.ts'
import { scratchSession } from '../testing/scratch.ts'
import type { Tool } from '../tools/find.ts'
import { resolveTool } from '../tools/resolve.ts'

const root = resolve(import.meta.dir, '../..')
const { session } = await scratchSession()
const { TEST_DATABASE_URL: databaseUrl = '', TEST_REDIS_URL: redisUrl = '' } = Bun.env

const startSampler = (name: string, DATABASE_URL: string, REDIS_URL: string) =>
  startServer(session, {
    name,
    command: [process.execPath, join(root, 'lab/sampler/main.ts')],
    environment: { DATABASE_URL, REDIS_URL },
  })

/** MariaDB before 10.8 and MySQL count these, MariaDB since then does not. */
const elsewhere = ['mysql_global_status_innodb_os_log_fsyncs']
/** Metrics of InnoDB on MySQL, status variables on MariaDB: the sampler has one name for both. */
const ofInnoDb = ['deadlocks', 'history_list_length'].map(
  (name) => `mysql_global_status_innodb_${name}`,
)
if (testEngine === 'mysql') elsewhere.push(...ofInnoDb)

describeLive('the sampler beside the exporters', ['TEST_DATABASE_URL', 'TEST_REDIS_URL'], () => {
  let exporters: { mysqld: Tool; redis: Tool } | null
  beforeAll(async () => {
    try {
      const options = { install: true }
      exporters = {
        mysqld: await resolveTool(session, 'mysqld-exporter', options),
        redis: await resolveTool(session, 'redis-exporter', options),
      }
    } catch (error) {
      console.log(`skipped: the exporters are not available: ${error}`)
      exporters = null
    }
  }, 120_000)

  const text = async (url: string) =>
    (await fetch(url, { signal: AbortSignal.timeout(5000) })).text()

  async function samplerText(path: '/mysql' | '/redis'): Promise<string> {
    const sampler = await startSampler(`sampler${path.replace('/', '-')}`, databaseUrl, redisUrl)
    return text(`${sampler.url}${path}`)
  }

  /** A scrape of an exporter, started with its own address. */
  async function exporterText(
    name: string,
    command: (port: number) => string[],
    environment: Record<string, string> = {},
  ): Promise<string> {
    const port = await freePort()
    await startChild(session, { name, command: command(port), environment })
    const ask = () => text(`http://127.0.0.1:${port}/metrics`).catch(() => false as const)
    return eventually(`${name} answers`, ask)
  }

  function expectSame(ours: string, theirs: string): void {
    const [sampled, exported] = [parseMetrics(ours), parseMetrics(theirs)]
    const shapeOf = (metrics: typeof sampled, name: string) => {
      const metric = metrics.get(name)
      return metric && [name, metric.type, ...metric.labels]
    }
    const names = [...sampled.keys()].filter((name) => !elsewhere.includes(name))
    expect(names.length).toBeGreaterThan(5)
    expect(names.map((name) => shapeOf(sampled, name))).toEqual(
      names.map((name) => shapeOf(exported, name)),
    )
    // Every label value of ours is one of theirs: the same commands, the same states.
    for (const name of names) {
      const known = [...(exported.get(name)?.values.keys() ?? [])]
      expect(known).toEqual(expect.arrayContaining([...(sampled.get(name)?.values.keys() ?? [])]))
    }
  }

  test('mysqld_exporter has the same names, types and labels', async () => {
    if (!exporters) return
    const { mysqld } = exporters
    const { host, username, password } = new URL(databaseUrl)
    const theirs = await exporterText(
      'mysqld-exporter',
      (port) => [mysqld.path, `--web.listen-address=127.0.0.1:${port}`],
      { DATA_SOURCE_NAME: `${username}:${password}@tcp(${host})/` },
    )
    const ours = await samplerText('/mysql')
    expect(ours).toContain('mysql_up 1')
    expectSame(ours, theirs)
  })

  test('redis_exporter has the same names, types and labels', async () => {
    if (!exporters) return
    const { redis } = exporters
    const ours = await samplerText('/redis')
    expect(ours).toContain('redis_up 1')
    const theirs = await exporterText(
      'redis-exporter',
      (port) => [redis.path, '-web.listen-address', `127.0.0.1:${port}`],
      { REDIS_ADDR: redisUrl },
    )
    expectSame(ours, theirs)
  })
})

test('without servers the sampler exposes that they are down, and nothing else', async () => {
  const sampler = await startSampler('sampler', 'mysql://root@127.0.0.1:9', 'redis://127.0.0.1:9')
  for (const server of ['mysql', 'redis']) {
    const answer = await fetch(`${sampler.url}/${server}`, { signal: AbortSignal.timeout(3000) })
    const metrics = parseMetrics(await answer.text())
    const series = [...metrics].flatMap(([name, { values }]) =>
      [...values.values()].map(() => name),
    )
    expect([answer.status, series]).toEqual([200, [`${server}_up`]])
    expect(metrics.get(`${server}_up`)?.values.get('')).toBe(0)
  }
})
