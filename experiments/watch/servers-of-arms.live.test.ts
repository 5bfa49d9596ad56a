import { beforeAll, describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { createConnection } from 'mysql2/promise'
import { lastValues } from '../../console/model/prometheus.ts'
import { overHttp, PrometheusClient } from '../../console/model/prometheus-client.ts'
import { ofDatabase } from '../../dashboards/queries.ts'
import { type Databases, openDatabasesOfArms } from '../../lab/servers/databases.ts'
import { prometheusTool } from '../../lab/testing/prometheus-for-test.ts'
import { scratchSession } from '../../lab/testing/scratch.ts'
import { eventually } from '../../server/testing/barrier.ts'
import { ScrapeProxy } from './scrape-proxy.ts'
import { openWatch } from './watch.ts'

const { DATABASE_URL: given } = process.env
const isRun = Boolean(prometheusTool && !given)
if (!isRun) console.log('skipped: servers of each arm (no Prometheus, or DATABASE_URL is set)')

const { session, folder } = await scratchSession()

/** Makes one statement wait for a row that another transaction holds. */
async function waitForRow({ databaseUrl }: Databases): Promise<void> {
  const [holder, waiter] = await Promise.all([
    createConnection({ uri: databaseUrl }),
    createConnection({ uri: databaseUrl }),
  ])
  try {
    await holder.query('create database stampede_wait')
    await holder.query('create table stampede_wait.a (id int primary key) engine = innodb')
    await holder.query('insert into stampede_wait.a values (1)')
    await holder.query('begin')
    await holder.query('select id from stampede_wait.a where id = 1 for update')
    const waiting = waiter.query('delete from stampede_wait.a where id = 1')
    await eventually('a statement waits', async () => {
      const [rows] = await holder.query(
        "show global status where variable_name = 'Innodb_row_lock_current_waits'",
      )
      return (rows as { Value: string }[])[0]?.Value === '1'
    })
    await holder.query('rollback')
    await waiting
  } finally {
    holder.destroy()
    waiter.destroy()
  }
}

describe.skipIf(!isRun)('arms side by side', () => {
  const arms = ['before', 'after']
  let databases: Databases[]
  let ask: (query: string) => Promise<[arm: string | undefined, value: string][]>
  beforeAll(async () => {
    if (!prometheusTool) return
    databases = await openDatabasesOfArms(session, arms, { install: false })
    const servers = databases.map((own, index) => ({ arm: arms[index] ?? null, databases: own }))
    const sight = { runFolder: join(folder, 'run'), servers }
    const watch = await openWatch(session, ScrapeProxy.open(session), prometheusTool, sight)
    const client = new PrometheusClient(overHttp(watch.prometheus.url))
    ask = async (query) => {
      const found = lastValues(await client.instant(query))
      return found.map(({ labels, value }) => [labels.arm, String(value)] as const).sort() as never
    }
    await watch.seeing
  }, 120_000)

  test('have servers of their own, which are watched as theirs', async () => {
    const urls = databases.flatMap(({ databaseUrl, redisUrl }) => [databaseUrl, redisUrl])
    expect(new Set(urls).size).toBe(4)
    for (const metric of ['mysql_up', 'redis_up']) {
      const up = async () => (await ask(metric)).length === 2
      await eventually(`${metric} of both`, up, { deadlineMs: 20_000 })
      expect(await ask(metric)).toEqual([
        ['after', '1'],
        ['before', '1'],
      ])
    }
  }, 60_000)

  test('a wait for a row counts for the arm whose it is, and for no other', async () => {
    const [before] = databases
    if (before) await waitForRow(before)
    const waits = 'mysql_global_status_innodb_row_lock_waits'
    const counted = async () => (await ask(waits)).some(([, value]) => value !== '0')
    await eventually('the wait is counted', counted, { deadlineMs: 20_000 })
    expect(await ask(waits)).toEqual([
      ['after', '0'],
      ['before', '1'],
    ])
    expect(await ask(ofDatabase('before', waits))).toEqual([['before', '1']])
    expect(await ask(ofDatabase('after', waits))).toEqual([['after', '0']])
  }, 60_000)
})
