import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSession, type Session } from '../../lab/processes/session.ts'
import { findProgram } from '../../lab/tools/find.ts'
import { readBoards } from '../files.ts'
import { readRules } from '../rules.ts'
import {
  type FakeExporter,
  fakeArms,
  fakeRun,
  startFakeExporter,
} from '../testing/fake-exporter.ts'
import { startPrometheusForTest, until } from '../testing/prometheus.ts'
import { openPrometheus, type Prometheus } from './prometheus.ts'
import { type Verified, verifyAll } from './verify.ts'

const tool = await findProgram('prometheus')
if (!tool)
  console.log('skipped: verify against a Prometheus (none on this machine or in the cache)')

const blockSeconds = 3
const everythingMsMax = 60_000
const missing = 'stampede_outbox_pending'

describe.skipIf(!tool)('verify against a Prometheus that scrapes both arms', () => {
  let session: Session
  let folder: string
  let exporter: FakeExporter
  let prometheus: Prometheus
  let verified: Verified[]

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stampede-verify-'))
    session = await openSession(folder)
    exporter = startFakeExporter({ blockSeconds, without: [missing] })
    const url = await startPrometheusForTest(session, tool ?? '', exporter.address)
    prometheus = await openPrometheus(url)
    // Two blocks of each arm: then the first seconds of both are recorded.
    const recorded = 'count(max by (block) (last_over_time(stampede_block_second:info[1m]))) >= 4'
    await until(everythingMsMax, async () => {
      const answer = await prometheus.at(recorded, Date.now() / 1000)
      return 'series' in answer && answer.series.length > 0
    })
    verified = await verifyAll(prometheus, await readBoards(), await readRules())
  }, everythingMsMax * 2)

  afterAll(async () => {
    await session?.close()
    await exporter?.stop()
    await rm(folder, { recursive: true, force: true })
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
      const now = Math.floor(Date.now() / 1000)
      const answer = await prometheus.over(panel?.query ?? '', { from: now - 10, to: now - 1 })
      if (!('series' in answer)) throw new Error(answer.error)
      expect(answer.series.map(({ labels }) => labels)).toEqual([{ arm }])
      // The exporter pays 10 a second before and 20 after.
      expect(Number(answer.series[0]?.last)).toBeCloseTo(arm === 'after' ? 20 : 10, -1)
    },
  )
})
