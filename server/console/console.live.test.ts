import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { type SpawnedProcess, spawnProcess } from '../spawn-process.ts'
import { themedColour } from './model/colours.ts'
import { chromiumPath, drawn, launchChromium, openPage } from './testing/browser.ts'
import { type FakePrometheus, startFakePrometheus } from './testing/fake-prometheus.ts'
import { fixtureBoard, wideBoard } from './testing/fixture-board.ts'

if (!chromiumPath) console.log('skipped: the console in a browser (no Chromium on this machine)')

const folder = mkdtempSync(join(tmpdir(), 'console-live-'))
let prometheus: FakePrometheus
let server: SpawnedProcess
let browser: Browser

const start = (prometheusUrl: string) =>
  spawnProcess(join(import.meta.dir, 'main.ts'), {
    PROMETHEUS_URL: prometheusUrl,
    DASHBOARDS_FOLDER: folder,
  })

beforeAll(async () => {
  if (!chromiumPath) return
  const boards = {
    sound: fixtureBoard('sound', 'Sound'),
    second: wideBoard(3),
    every: fixtureBoard(),
  }
  // A sound board is the fixture without the row of things that must be refused.
  boards.sound.panels = boards.sound.panels.filter((panel) => panel.gridPos.y < 22)
  for (const [name, board] of Object.entries(boards)) {
    writeFileSync(join(folder, `${name}.json`), JSON.stringify(board))
  }
  prometheus = startFakePrometheus()
  server = await start(prometheus.url)
  browser = await launchChromium(chromiumPath)
})
afterAll(async () => {
  await browser?.close()
  server?.kill('SIGKILL')
  await prometheus?.stop()
  rmSync(folder, { recursive: true })
})

const open = (path: string, options = {}) =>
  openPage(browser, `${server.url}/console${path}`, options)
const states = (page: Page) =>
  page.evaluate(
    "[...document.querySelectorAll('.panel')].map((panel) => panel.dataset.state)",
  ) as Promise<string[]>

/** Reads the page after each answer of Prometheus until `done`, fifty answers at most. */
async function until<T>(page: Page, read: () => Promise<T>, done: (value: T) => boolean) {
  for (let turn = 0; turn < 50; turn++) {
    if (done(await read())) return
    await page.waitForResponse(/\/api\/prom\//, { timeout: 10_000 })
  }
  throw new Error('fifty answers, and the page did not become what was expected')
}

/** How many pixels of a chart have about this colour, `#rrggbb`. */
function pixels(page: Page, chart: number, colour: string): Promise<number> {
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

describe.skipIf(!chromiumPath)('a board in a browser', () => {
  test('opens without an error, and no panel is empty', async () => {
    const { page, troubles } = await open('/sound')
    expect(await states(page)).toEqual(new Array(9).fill('ready'))
    expect(await page.locator('.panel canvas').count()).toBe(4)
    expect(await page.locator('.kind-table tbody tr').count()).toBe(4)
    expect(await page.locator('.kind-stat').first().textContent()).toContain('before')
    expect(troubles).toEqual([])
    await page.close()
  })

  test('says in the panel what it cannot draw, what is wrong, and what is missing', async () => {
    const { page } = await open('/every-kind?refresh=off')
    for (const text of [
      'does not draw panels of the kind “heatmap”',
      'Prometheus refused the query',
      'parse error: unexpected character',
      'targets.0.expr',
      'No fault, no figure',
    ]) {
      expect(await page.locator('.panel-message', { hasText: text }).count()).toBe(1)
    }
    await page.close()
  })

  test('values move on refresh, without a change of the address', async () => {
    const { page } = await open('/sound?refresh=1s')
    const address = page.url()
    const figures = page.locator('.stat-figure')
    const before = await figures.allTextContents()
    const changed = (now: string[]) => now.some((figure, at) => figure !== before[at])
    await until(page, () => figures.allTextContents(), changed)
    expect(page.url()).toBe(address)
    await page.close()
  })

  test('annotations are drawn in every time panel, told by the tooltip, and can be turned off', async () => {
    // In the fixture a fault is on from second 90 to 160 of every 300.
    const { page } = await open('/sound?refresh=off&from=1800000000000&to=1800000300000', {
      colorScheme: 'light',
    })
    const fault = themedColour('red', 'light')
    for (const chart of [0, 1, 2, 3]) expect(await pixels(page, chart, fault)).toBeGreaterThan(50)
    const plot = page.locator('.chart .u-over').first()
    const box = await plot.boundingBox()
    if (!box) throw new Error('the chart has no box')
    await plot.hover({ position: { x: box.width * 0.4, y: 40 } })
    const tooltip = page.locator('.tooltip')
    expect(await tooltip.textContent()).toContain('slow-query')
    expect(await tooltip.textContent()).toContain('on in before')
    expect(await tooltip.locator('.tag').allTextContents()).toEqual(['before'])
    await page.getByRole('button', { name: 'Faults' }).click()
    await drawn(page)
    expect(page.url()).toContain('without=Faults')
    expect(await pixels(page, 0, fault)).toBe(0)
    await page.close()
  })

  test('cursors move together in all time panels', async () => {
    const { page } = await open('/sound?refresh=off')
    await page
      .locator('.chart .u-over')
      .first()
      .hover({ position: { x: 200, y: 40 } })
    const shown = (await page.evaluate(
      "[...document.querySelectorAll('.u-cursor-x')].map((line) => line.style.transform)",
    )) as string[]
    expect(shown).toHaveLength(4)
    expect(shown.every((transform) => !transform.includes('-10px'))).toBe(true)
    await page.close()
  })

  test('dragging zooms, going back returns', async () => {
    const { page } = await open('/sound?refresh=off')
    const box = await page.locator('.chart .u-over').first().boundingBox()
    if (!box) throw new Error('the chart has no box')
    await page.mouse.move(box.x + 100, box.y + 40)
    await page.mouse.down()
    await page.mouse.move(box.x + 300, box.y + 60, { steps: 4 })
    await page.mouse.up()
    await page.waitForURL(/from=\d+&to=\d+/, { timeout: 10_000 })
    await drawn(page)
    expect(await page.getByRole('button', { name: 'Last 15m' }).getAttribute('aria-pressed')).toBe(
      'false',
    )
    await page.goBack()
    await page.waitForURL(/sound\?refresh=off$/, { timeout: 10_000 })
    await page.close()
  })
})

describe.skipIf(!chromiumPath)('by keyboard', () => {
  const focused = (page: Page) =>
    page.evaluate(
      "(document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent).trim()",
    ) as Promise<string>

  test('first the skip link, then the head in order, each with a visible focus', async () => {
    const { page } = await open('/sound?refresh=off')
    await page.keyboard.press('Tab')
    expect(await focused(page)).toBe('Skip to the panels')
    const path: string[] = []
    for (let step = 0; step < 14; step++) {
      await page.keyboard.press('Tab')
      path.push(await focused(page))
      const outline = await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')
      expect(outline).not.toBe('none')
    }
    expect(path).toEqual([
      ...['Stampede', 'Earlier', 'Last 5m', 'Last 15m', 'Last 1h', 'Other range: −15m'],
      ...['Show a wider range', 'Later', 'Refresh now', 'Refresh every', 'Dark or light', '한국어'],
      ...['Every kind of panel', 'Twenty panels'],
    ])
    await page.close()
  })

  test('arrow keys move and widen the range, and the focus stays', async () => {
    const { page } = await open('/sound?refresh=off')
    await page.getByRole('button', { name: 'Last 15m' }).focus()
    await page.keyboard.press('ArrowUp')
    await page.waitForURL(/from=now-1800s&to=now/, { timeout: 10_000 })
    await page.keyboard.press('ArrowLeft')
    await page.waitForURL(/from=\d{13}&to=\d{13}/, { timeout: 10_000 })
    expect(await focused(page)).toBe('Last 15m')
    await page.close()
  })

  test('a chart is read out point by point', async () => {
    const { page } = await open('/sound?refresh=off')
    await page.getByRole('group', { name: /^Paid orders/ }).focus()
    await page.keyboard.press('ArrowLeft')
    const first = await page.locator('.tooltip-time').textContent()
    await page.keyboard.press('ArrowLeft')
    expect(await page.locator('.tooltip-time').textContent()).not.toBe(first)
    expect(await page.locator('.tooltip-row').count()).toBe(2)
    await page.keyboard.press('Escape')
    expect(await page.locator('.tooltip').isHidden()).toBe(true)
    await page.close()
  })

  test('a choice of several, a row, a series, and a panel alone', async () => {
    const { page } = await open('/sound?refresh=off')
    await page.getByRole('button', { name: 'arms: All' }).press('Enter')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Space')
    await page.keyboard.press('Escape')
    await page.waitForURL(/var-arms=after/, { timeout: 10_000 })
    await page.getByRole('button', { name: 'Are buyers served?' }).press('Enter')
    await page.waitForURL(/row=1/, { timeout: 10_000 })
    await page.locator('.panel').first().waitFor({ state: 'detached', timeout: 10_000 })
    await page.goBack()
    await page.locator('.panel').first().waitFor({ timeout: 10_000 })
    await drawn(page)
    await page.getByRole('button', { name: 'Enlarge: Memory' }).press('Enter')
    await page.waitForURL(/panel=\d+/, { timeout: 10_000 })
    await drawn(page)
    expect(await page.locator('.panel').count()).toBe(1)
    await page.close()
  })
})

describe.skipIf(!chromiumPath)('look and language', () => {
  const paper = 'getComputedStyle(document.body.parentElement).backgroundColor'

  test('dark and light follow the system and the reader, and stay in the address', async () => {
    const { page, troubles } = await open('/sound?refresh=off', { colorScheme: 'dark' })
    expect(await page.evaluate(paper)).toBe('rgb(18, 20, 24)')
    expect(await pixels(page, 0, themedColour('#c2560a', 'dark'))).toBeGreaterThan(50)
    await page.getByRole('button', { name: 'Dark or light' }).click()
    await page.waitForURL(/theme=light/, { timeout: 10_000 })
    await drawn(page)
    expect(await page.evaluate(paper)).toBe('rgb(247, 245, 240)')
    expect(await pixels(page, 0, themedColour('#c2560a', 'light'))).toBeGreaterThan(50)
    await page.reload()
    expect(await page.evaluate(paper)).toBe('rgb(247, 245, 240)')
    expect(troubles).toEqual([])
    await page.close()
  })

  test('Korean by what the browser accepts, English when asked', async () => {
    const { page } = await open('/sound?refresh=off', { locale: 'ko-KR' })
    expect(await page.getByRole('button', { name: '지금 새로고침' }).count()).toBe(1)
    await page.getByRole('button', { name: 'English' }).click()
    await page.waitForURL(/lang=en/, { timeout: 10_000 })
    expect(await page.getByRole('button', { name: 'Refresh now' }).count()).toBe(1)
    await page.close()
  })

  test('links to other boards keep time and variables', async () => {
    const { page } = await open('/sound?from=now-5m&to=now&refresh=off&var-arm=after&lang=en')
    await page.getByRole('link', { name: 'Twenty panels' }).click()
    await drawn(page)
    expect(new URL(page.url()).search).toBe('?from=now-5m&to=now&refresh=off&var-arm=after&lang=en')
    await page.close()
  })

  test('fits a telephone', async () => {
    const { page } = await open('/sound?refresh=off', { viewport: { width: 390, height: 844 } })
    const overflow = 'document.documentElement.scrollWidth - window.innerWidth'
    expect(await page.evaluate(overflow)).toBeLessThanOrEqual(0)
    await page.close()
  })
})

describe.skipIf(!chromiumPath)('trouble', () => {
  test('a Prometheus that is down is said, and the page goes on when it is back', async () => {
    const lost = startFakePrometheus()
    const port = Number(new URL(lost.url).port)
    const own = await start(lost.url)
    await lost.stop()
    const { page } = await openPage(browser, `${own.url}/console/sound?refresh=1s`)
    expect(await page.locator('.banner').textContent()).toContain('./stampede up')
    expect(new Set(await states(page))).toEqual(new Set(['trouble', 'ready']))
    const back = startFakePrometheus(port)
    await page.locator('.banner').waitFor({ state: 'hidden', timeout: 10_000 })
    await until(
      page,
      () => states(page),
      (all) => all.every((state) => state === 'ready'),
    )
    await page.close()
    own.kill('SIGTERM')
    expect(await own.exited).toBe(0)
    await back.stop()
  })

  test('a value that Prometheus does not know is marked where it was chosen', async () => {
    const { page } = await open('/sound?refresh=off&var-run=gone')
    const chosen = page.getByRole('combobox', { name: 'Run' })
    expect(await chosen.getAttribute('aria-invalid')).toBe('true')
    expect(await chosen.inputValue()).toBe('gone')
    await page.close()
  })
})
