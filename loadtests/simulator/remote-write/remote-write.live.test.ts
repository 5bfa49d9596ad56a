import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { lastValues } from '../../../console/model/prometheus.ts'
import { overHttp, PrometheusClient } from '../../../console/model/prometheus-client.ts'
import { drive } from '../../../experiments/run/drive.ts'
import type { Driver } from '../../../experiments/run/result.ts'
import { remoteWriteUrl } from '../../../lab/servers/prometheus.ts'
import { idleConfig } from '../../../lab/servers/prometheus-config.ts'
import { openPrometheus, prometheusTool } from '../../../lab/testing/prometheus-for-test.ts'
import { spawnForTest } from '../../../lab/testing/spawn-for-test.ts'
import { eventually } from '../../../server/testing/barrier.ts'
import { startFakeShop } from '../../testing/fake-shop.ts'

const k6Path = process.env.TEST_K6
const drivers: Driver[] = k6Path ? ['k6', 'simulator'] : ['simulator']

/** What boards are built on. */
const names = [
  ...['k6_stampede_attempts_total', 'k6_stampede_intents_total', 'k6_stampede_journeys_total'],
  ...['k6_stampede_checkout_seconds', 'k6_vus', 'k6_http_reqs_total'],
  'k6_http_req_duration_seconds',
]

describe.skipIf(!prometheusTool)('remote write of the drivers', () => {
  let open: Awaited<ReturnType<typeof openPrometheus>>
  const counts: Partial<Record<Driver, number>> = {}
  beforeAll(async () => {
    open = await openPrometheus(idleConfig)
    for (const driver of drivers) counts[driver] = await run(driver)
  })
  afterAll(() => open.close())

  async function run(driver: Driver): Promise<number> {
    const shop = startFakeShop()
    const directory = join(open.folder, driver)
    await mkdir(directory)
    const { done } = await drive({
      driver,
      ...(k6Path ? { k6Path } : {}),
      scenario: 'smoke',
      target: shop.target,
      seed: 5,
      rate: 40,
      durationSeconds: 2,
      keyPrefix: `write-${driver}`,
      users: 50,
      remoteWrite: {
        url: remoteWriteUrl(open.prometheus.url),
        labels: { run: driver, arm: 'after', block: '1' },
      },
      directory,
      spawn: spawnForTest,
    })
    const { started, exitCode } = await done.finally(() => shop.stop())
    expect(exitCode).toBe(0)
    return started
  }

  const ask = async (query: string, atMs?: number) => {
    const prometheus = new PrometheusClient(overHttp(open.prometheus.url))
    return lastValues(await prometheus.instant(query, atMs))
  }
  const numberOf = async (query: string, atMs?: number) =>
    Number((await ask(query, atMs))[0]?.value ?? Number.NaN)

  /** Epoch ms of the driver's last push, just before its series end. */
  async function lastPushMs(driver: Driver): Promise<number> {
    const query = encodeURIComponent(`k6_http_reqs_total{run="${driver}"}[5m]`)
    const answer = await fetch(`${open.prometheus.url}/api/v1/query?query=${query}`)
    const { data } = (await answer.json()) as { data: { result: { values: [number, string][] }[] } }
    return Math.max(
      ...data.result.flatMap(({ values }) => values.map(([at]) => Math.round(at * 1000))),
    )
  }

  test.each(drivers)('%s writes every name, labelled by run, arm and block', async (driver) => {
    const selector = `{run="${driver}",arm="after",block="1"}`
    const found: string[] = []
    for (const name of names) {
      if ((await ask(`count_over_time(${name}${selector}[5m])`)).length > 0) found.push(name)
    }
    expect(found).toEqual(names)
    const journeys = `sum(max_over_time(k6_stampede_journeys_total${selector}[5m]))`
    expect(await numberOf(journeys)).toBe(counts[driver] ?? 0)
  })

  test.each(drivers)('%s writes native histograms that add up', async (driver) => {
    const atMs = await lastPushMs(driver)
    const numberAt = (query: string) => numberOf(query, atMs)
    const requests = await numberAt(`sum(k6_http_reqs_total{run="${driver}"})`)
    const histogram = `sum(k6_http_req_duration_seconds{run="${driver}"})`
    expect(await numberAt(`histogram_count(${histogram})`)).toBe(requests)
    const sum = await numberAt(`histogram_sum(${histogram})`)
    const below = await numberAt(`histogram_fraction(0, ${sum}, ${histogram})`)
    expect(below).toBeCloseTo(1, 5)
    const median = await numberAt(`histogram_quantile(0.5, ${histogram})`)
    expect(median).toBeGreaterThan(0)
    expect(median).toBeLessThan(sum)
  })

  test.each(drivers)('%s ends its series when it is done', async (driver) => {
    const gone = async () => (await ask(`{run="${driver}"}`)).length === 0
    await eventually(`the series of ${driver} end`, gone)
  })

  test('both give the same journeys', async () => {
    if (drivers.length < 2) return console.log('skipped: k6 beside the simulator (no TEST_K6)')
    for (const name of ['journeys', 'attempts', 'intents']) {
      const by = (driver: Driver) =>
        numberOf(`sum(max_over_time(k6_stampede_${name}_total{run="${driver}"}[5m]))`)
      expect([name, await by('k6')]).toEqual([name, await by('simulator')])
    }
  })
})
