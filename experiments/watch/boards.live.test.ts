import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser } from 'playwright-core'
import { chromiumPath, launchChromium, openPage } from '../../console/testing/browser.ts'
import { readBoards } from '../../dashboards/files.ts'
import { readRules } from '../../dashboards/rules.ts'
import { mayBeEmpty, mayBeEmptyInSpikes } from '../../dashboards/verify/allowed.ts'
import { openPrometheus } from '../../dashboards/verify/prometheus.ts'
import { verifyAll } from '../../dashboards/verify/verify.ts'
import { remoteWriteUrl } from '../../lab/servers/prometheus.ts'
import { prometheusTool } from '../../lab/testing/prometheus-for-test.ts'
import { scratchSession } from '../../lab/testing/scratch.ts'
import { parseDesign } from '../../server/designs/design.ts'
import { eventually } from '../../server/testing/barrier.ts'
import { openArm, type PrivateArm } from '../run/arm.ts'
import type { TestBed } from '../run/test-bed.ts'
import { hasServers, sendSmoke, testBedFor } from '../testing/test-bed.ts'
import { startConsole } from './console.ts'
import { ScrapeProxy } from './scrape-proxy.ts'
import { openWatch, type Watch } from './watch.ts'

const isRun = Boolean(hasServers && prometheusTool && chromiumPath)
if (!isRun) console.log('skipped: the boards (servers, Prometheus or Chromium are missing)')

const run = 'spike-boards'
const crowdSeconds = 8
/** A spike is not audited, and nothing may have gone wrong: these may have nothing to show. */
const allowed = [mayBeEmpty, mayBeEmptyInSpikes].flatMap((panels) =>
  Object.keys(panels).map((name) => name.replace(/ \/ \w$/, '').replace('$', '')),
)

const { folder, session } = await scratchSession()
let watch: Watch
let arms: PrivateArm[] = []
let crowds: Promise<unknown>
let consoleUrl: string
let browser: Browser
let chaosToken: string

async function openBoth(testBed: TestBed): Promise<PrivateArm[]> {
  const opened: PrivateArm[] = []
  for (const name of ['before', 'after']) {
    const spec = { name, design: parseDesign(name).label }
    const arm = await openArm(testBed, spec, `${name}-${process.pid}`)
    watch.armUp(arm)
    opened.push(arm)
  }
  return opened
}

async function sendCrowd(arm: PrivateArm, block: number): Promise<void> {
  const { name } = arm.spec
  const facts = { run, block, arm: name }
  const startMs = Date.now()
  watch.scrapeProxy.board.blockBegins(facts, startMs, startMs + 60_000)
  const labels = { run, arm: name, block: String(block) }
  const remoteWrite = { url: remoteWriteUrl(watch.prometheus.url), labels }
  const durationSeconds = crowdSeconds
  await sendSmoke(session, arm, { rate: 8, durationSeconds, keyPrefix: name, remoteWrite })
  watch.scrapeProxy.board.blockEnds(facts)
}

async function slowDown(arm: PrivateArm): Promise<void> {
  const response = await fetch(`${arm.api.url}/chaos/faults/slow-query`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${chaosToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ latencyMs: 50, probability: 0.3, ttlSeconds: 2 }),
  })
  expect(response.status).toBe(200)
}

describe.skipIf(!isRun)('the boards of a spike', () => {
  beforeAll(async () => {
    if (!prometheusTool || !chromiumPath) return
    const testBed = testBedFor(session, 'boards')
    chaosToken = testBed.chaosToken
    const servers = [{ arm: null, databases: testBed.databases }]
    const sight = { runFolder: folder, servers }
    watch = await openWatch(session, ScrapeProxy.open(session), prometheusTool, sight)
    arms = await openBoth(testBed)
    consoleUrl = (await startConsole(session, watch.prometheus.url, 'test')).url
    browser = await launchChromium(chromiumPath)
    await watch.seeing
    watch.scrapeProxy.board.runBegins({ run, scenario: 'smoke', driver: 'simulator', seed: 1 })
    crowds = Promise.all(arms.map(sendCrowd))
    await Promise.all(arms.map(slowDown))
  }, 60_000)
  afterAll(async () => {
    await browser?.close()
    await Promise.all(arms.map((arm) => arm.close()))
  })

  test('values move while the crowd is there', async () => {
    const address = `${consoleUrl}/console/stampede-before-after?from=now-1m&to=now&refresh=1s`
    const { page, complaints } = await openPage(browser, address)
    const values = () => page.locator('.kind-stat').first().textContent()
    const first = await values()
    await eventually('another value', async () => (await values()) !== first, { deadlineMs: 8000 })
    expect(complaints).toEqual([])
    await page.close()
  }, 30_000)

  test('every board opens without an error and without an empty panel', async () => {
    await crowds
    const boards = await readBoards()
    expect(boards.length).toBe(13)
    for (const { uid } of boards) {
      const address = `${consoleUrl}/console/${uid}?from=now-2m&to=now`
      const { page, complaints } = await openPage(browser, address)
      const panels = page.locator('.panel[data-state]')
      expect(await panels.count()).toBeGreaterThan(2)
      const isUnexpected = (text: string) => !allowed.some((title) => text.includes(title))
      const idle = await page.locator('.panel:not([data-state=ready])').allInnerTexts()
      expect({ uid, complaints, idle: idle.filter(isUnexpected) }).toEqual({
        uid,
        complaints: [],
        idle: [],
      })
      await page.close()
    }
  }, 150_000)

  test('every query of boards, variables, annotations and rules finds its data', async () => {
    const prometheus = await openPrometheus(watch.prometheus.url)
    const verified = await verifyAll(prometheus, await readBoards(), await readRules())
    expect(verified.length).toBeGreaterThan(150)
    expect(verified.filter(({ passed }) => !passed)).toEqual([])
  }, 30_000)
})
