import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { lastValues } from '../../console/model/prometheus.ts'
import type { PrometheusClient } from '../../console/model/prometheus-client.ts'
import { remoteWriteUrl } from '../../lab/servers/prometheus.ts'
import {
  openPrometheus as openPrometheusForTest,
  prometheusTool,
} from '../../lab/testing/prometheus-for-test.ts'
import { Pusher } from '../../loadtests/simulator/remote-write/pusher.ts'
import { eventually } from '../../server/testing/barrier.ts'
import { readBoards } from '../files.ts'
import { readRules, rulesFolder } from '../rules.ts'
import {
  type FakeExporter,
  fakeArms,
  fakeRun,
  startFakeExporter,
} from '../testing/fake-exporter.ts'
import { answerTo, openPrometheus } from './prometheus.ts'
import { type Verified, verifyAll } from './verify.ts'

const blockSeconds = 3
const everythingMsMax = 60_000
const missing = 'stampede_outbox_pending'

const config = (scraped: string) =>
  JSON.stringify({
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    rule_files: [`${rulesFolder}/*.yml`],
    scrape_configs: [{ job_name: 'metrics', static_configs: [{ targets: [scraped] }] }],
  })

describe.skipIf(!prometheusTool)('verify against a Prometheus that knows both arms', () => {
  let exporter: FakeExporter
  let pusher: Pusher
  let server: Awaited<ReturnType<typeof openPrometheusForTest>>
  let prometheus: PrometheusClient
  let verified: Verified[]

  beforeAll(async () => {
    exporter = startFakeExporter({ blockSeconds, without: [missing] })
    server = await openPrometheusForTest(config(exporter.address))
    const { url } = server.prometheus
    pusher = new Pusher(remoteWriteUrl(url), exporter.pushed)
    prometheus = await openPrometheus(url)
    // Two blocks of each arm: then the first seconds of both are recorded.
    const recorded = 'count(max by (block) (last_over_time(stampede_block_second:info[1m]))) >= 4'
    const isRecorded = async () => {
      return lastValues(await prometheus.instant(recorded)).length > 0
    }
    const deadlineMs = everythingMsMax
    await eventually('both arms are recorded', isRecorded, { deadlineMs, pollMs: 50 })
    verified = await verifyAll(prometheus, await readBoards(), await readRules())
  }, everythingMsMax * 2)

  afterAll(async () => {
    await pusher?.stop()
    await server?.close()
    await exporter?.stop()
  })

  test('every panel, variable, annotation and rule finds its data, but the one without', () => {
    const bad = verified.filter(({ passed }) => !passed)
    expect(bad.map(({ panel, verdict }) => ({ panel, verdict }))).toEqual([
      { panel: 'Rows in the outbox / A', verdict: 'empty' },
    ])
    expect(verified.length).toBeGreaterThan(100)
  })

  test('variables are filled in: no query holds one', () => {
    expect(verified.filter(({ query }) => query.includes('$'))).toEqual([])
    expect(verified.some(({ query }) => query.includes(`run="${fakeRun}"`))).toBe(true)
  })

  test.each([...fakeArms])(
    'at each moment of any block, %s shows its median second',
    async (arm) => {
      const other = fakeArms.find((one) => one !== arm)
      const panel = verified.find((one) => one.panel === `$${other}: orders paid per second / B`)
      const nowMs = Date.now()
      const span = { fromMs: nowMs - 10_000, toMs: nowMs - 1000 }
      const answer = await answerTo(prometheus.range(panel?.query ?? '', span, 1000))
      if (!('series' in answer)) throw new Error(answer.error)
      expect(answer.series.map(({ labels }) => labels)).toEqual([{ arm }])
      // How many a second the exporter manages depends on what else the machine does.
      expect(Number(answer.series[0]?.value)).toBeGreaterThan(0)
    },
  )
})
