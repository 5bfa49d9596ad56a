import { afterAll, afterEach, beforeAll } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { type SpawnedProcess, spawnProcess } from '../../server/spawn-process.ts'
import {
  chromiumPath,
  launchChromium,
  openPage,
  type PageOptions,
  type WatchedPage,
} from './browser.ts'
import { type FakePrometheus, startFakePrometheus } from './fake-prometheus.ts'
import { fixtureBoard } from './fixture-board.ts'

/** A console with the fixture boards over a made-up Prometheus, and a browser to look at it. */
export interface LiveConsole {
  browser: Browser
  prometheus: FakePrometheus
  /** Opens a page of the console and waits until it is drawn. */
  open(path: string, options?: PageOptions): Promise<WatchedPage>
  /** Another console over another Prometheus, with the same boards, and with more settings. */
  startOver(prometheusUrl: string, more?: Record<string, string>): Promise<SpawnedProcess>
  stop(): Promise<void>
}

/** Boards: `sound` (all can be drawn), `every-kind` and `twin` (some must be refused). */
function writeBoards(folder: string): void {
  const sound = fixtureBoard('sound', 'Sound')
  sound.panels = sound.panels.filter((panel) => panel.gridPos.y < 22)
  for (const board of [sound, fixtureBoard(), fixtureBoard('twin', 'Another board')]) {
    writeFileSync(join(folder, `${board.uid}.json`), JSON.stringify(board))
  }
}

/** Starts it before the tests of a file and stops it after; without a Chromium all is skipped. */
export function liveConsoleForTests(subject: string): () => LiveConsole {
  let live: LiveConsole | undefined
  if (!chromiumPath) console.log(`skipped: ${subject} (no Chromium on this machine)`)
  beforeAll(async () => {
    if (chromiumPath) live = await openLiveConsole(chromiumPath)
  })
  afterEach(async () => {
    for (const context of live?.browser.contexts() ?? []) await context.close()
  })
  afterAll(() => live?.stop())
  return () => {
    if (!live) throw new Error('the console has not been started')
    return live
  }
}

async function openLiveConsole(executable: string): Promise<LiveConsole> {
  const folder = mkdtempSync(join(tmpdir(), 'console-live-'))
  writeBoards(folder)
  const prometheus = startFakePrometheus()
  const startOver = (PROMETHEUS_URL: string, more: Record<string, string> = {}) =>
    spawnProcess(join(import.meta.dir, '../main.ts'), {
      ...{ PROMETHEUS_URL, DASHBOARDS_FOLDER: folder, ...more },
    })
  const server = await startOver(prometheus.url)
  const browser = await launchChromium(executable)
  return {
    browser,
    prometheus,
    startOver,
    open: (path, options) => openPage(browser, `${server.url}/console${path}`, options),
    async stop() {
      await browser.close()
      server.kill('SIGKILL')
      await prometheus.stop()
      rmSync(folder, { recursive: true })
    },
  }
}

/** What became of each panel: ready, empty, failed or waiting. */
export const states = (page: Page) =>
  page.evaluate(
    "[...document.querySelectorAll('.panel')].map((panel) => panel.dataset.state)",
  ) as Promise<string[]>

/** Reads the page after each answer of Prometheus until `done`, fifty answers at most. */
export async function until<T>(page: Page, read: () => Promise<T>, done: (value: T) => boolean) {
  for (let turn = 0; turn < 50; turn++) {
    if (done(await read())) return
    await page.waitForResponse(/\/api\/prom\//, { timeout: 10_000 })
  }
  throw new Error('fifty answers, and the page did not become what was expected')
}

/** How many pixels of a chart have about this colour, `#rrggbb`. */
export function pixels(page: Page, chart: number, colour: string): Promise<number> {
  const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16))
  return page.evaluate(
    `(() => {
      const canvas = document.querySelectorAll('.chart canvas')[${chart}]
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
      let count = 0
      for (let at = 0; at < data.length; at += 4) {
        const away = Math.abs(data[at] - ${red}) + Math.abs(data[at + 1] - ${green})
          + Math.abs(data[at + 2] - ${blue})
        if (data[at + 3] > 200 && away < 60) count += 1
      }
      return count
    })()`,
  ) as Promise<number>
}
