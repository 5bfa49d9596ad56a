import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { catalogue, knownMetrics } from '../../cli/docs/catalogue.ts'
import { lastValues } from '../../console/model/prometheus.ts'
import { overHttp, PrometheusClient } from '../../console/model/prometheus-client.ts'
import { dataFolder, remoteWriteUrl, startPrometheus } from '../../lab/servers/prometheus.ts'
import { idleConfig } from '../../lab/servers/prometheus-config.ts'
import { parseMetrics } from '../../lab/testing/parse-metrics.ts'
import { prometheusTool } from '../../lab/testing/prometheus-for-test.ts'
import { scratchSession } from '../../lab/testing/scratch.ts'
import { parseDesign } from '../../server/designs/design.ts'
import { eventually } from '../../server/testing/barrier.ts'
import { openArm, type PrivateArm } from '../run/arm.ts'
import { hasServers, sendSmoke, testBedFor } from '../testing/test-bed.ts'
import { ScrapeProxy } from './scrape-proxy.ts'
import { openWatch, type Watch } from './watch.ts'

const isRun = Boolean(hasServers && prometheusTool)
if (!isRun) console.log('skipped: a watched arm (servers or Prometheus are missing)')

/** Exposed where it happens only, by another server than the one under test, or by the crowd. */
const seldom =
  /^(mysql_global_status_innodb_os_log_fsyncs|stampede_audit_verdict|stampede_gateway_\w+|k6_\w+)$/

const lastValuesAt = async (url: string, query: string, atMs?: number) =>
  lastValues(await new PrometheusClient(overHttp(url)).instant(query, atMs))

const { folder, session } = await scratchSession()

describe.skipIf(!isRun)('a watched arm', () => {
  let arm: PrivateArm
  let watch: Watch
  beforeAll(async () => {
    if (!prometheusTool) return
    const testBed = testBedFor(session, 'watch')
    const servers = [{ arm: null, databases: testBed.databases }]
    const sight = { runFolder: folder, servers }
    watch = await openWatch(session, ScrapeProxy.open(session), prometheusTool, sight)
    const spec = { name: 'after', design: parseDesign('after').label }
    arm = await openArm(testBed, spec, `after-${process.pid}`)
    watch.armUp(arm)
    const { board } = watch.scrapeProxy
    board.runBegins({ run: 'r', scenario: 'smoke', driver: 'simulator', seed: 1 })
    board.blockBegins({ run: 'r', block: 0, arm: 'after' }, Date.now(), Date.now() + 60_000)
    const url = remoteWriteUrl(watch.prometheus.url)
    const remoteWrite = { url, labels: { run: 'r', arm: 'after' } }
    await sendSmoke(session, arm, { rate: 10, durationSeconds: 2, keyPrefix: 'watch', remoteWrite })
  }, 60_000)
  afterAll(() => arm.close())

  const ask = (query: string) => lastValuesAt(watch.prometheus.url, query)

  test('every metric of the reference page is there', async () => {
    const missing = async () => {
      const found = await ask('count by (__name__) ({__name__=~".+"})')
      const there = new Set(found.map(({ labels }) => labels.__name__?.replace(/_count$/, '')))
      return Object.keys(knownMetrics).filter((name) => !there.has(name) && !seldom.test(name))
    }
    const allThere = async () => (await missing()).length === 0
    await eventually('every metric is there', allThere, { deadlineMs: 8000 }).catch(() => {})
    expect(await missing()).toEqual([])
  }, 20_000)

  test('series carry their arm; what the crowd bought is counted', async () => {
    const [paid] = await ask('sum by (arm) (stampede_orders_total{outcome="paid"})')
    expect(paid?.labels).toEqual({ arm: 'after' })
    expect(Number(paid?.value)).toBeGreaterThan(0)
    const designs = await ask('stampede_design_info{job="api",axis="ids"} == 1')
    expect(designs.map(({ labels }) => labels.option)).toEqual(['ticket-server'])
  })

  test('each process exposes its part of the catalogue; promtool has no objection', async () => {
    const urls: Record<string, string> = {
      'API server': `${arm.api.url}/metrics`,
      Worker: `${arm.worker.url}/metrics`,
      'Ticket server': `${arm.tickets.url}/metrics`,
      Harness: `${watch.scrapeProxy.url}/metrics`,
      'Sampler, /mysql': `${watch.samplerUrls[0]}/mysql`,
      'Sampler, /redis': `${watch.samplerUrls[0]}/redis`,
    }
    for (const [title, url] of Object.entries(urls)) {
      const text = await (await fetch(url, { signal: AbortSignal.timeout(5000) })).text()
      const child = Bun.spawn([prometheusTool?.companion ?? '', 'check', 'metrics'], {
        stdin: Buffer.from(text),
        stdout: 'pipe',
        stderr: 'pipe',
      })
      const output = (await child.stdout.text()) + (await child.stderr.text())
      expect([url, output.trim(), await child.exited]).toEqual([url, '', 0])
      const exposed = [...parseMetrics(text)].map(([name, { type }]) => `${name} ${type}`)
      const metrics = catalogue.find((one) => one.title === title)?.metrics ?? {}
      const declared = Object.entries(metrics).map(([name, { type }]) => `${name} ${type}`)
      expect(exposed.sort()).toEqual(declared.sort())
    }
  })

  test('once the arm is gone, so are its series', async () => {
    watch.armDown(arm)
    const down = async () =>
      (await ask('up{instance="api-after"}'))[0]?.value === '0' &&
      (await ask('stampede_http_requests_in_flight')).length === 0
    await eventually('the arm is down', down)
  })

  test('the data outlives the session and can be opened again', async () => {
    if (!prometheusTool) return
    const endedMs = Date.now()
    await watch.prometheus.stop()
    const data = dataFolder(folder)
    const { url } = await startPrometheus(session, prometheusTool, { config: idleConfig, data })
    const query = 'sum(max_over_time(stampede_orders_total{outcome="paid"}[10m]))'
    const [paid] = await lastValuesAt(url, query, endedMs)
    expect(Number(paid?.value)).toBeGreaterThan(0)
    const second = startPrometheus(session, prometheusTool, { config: idleConfig, data })
    await expect(second).rejects.toThrow('is in use by another Prometheus')
  }, 30_000)
})
