import { describe, expect, test } from 'bun:test'
import { themedColour } from './model/colours.ts'
import { chromiumPath, drawn, openPage } from './testing/browser.ts'
import { startFakePrometheus } from './testing/fake-prometheus.ts'
import { liveConsoleForTests, pixels, states, until } from './testing/live-console.ts'

const live = liveConsoleForTests('the console in a browser')

describe.skipIf(!chromiumPath)('a board in a browser', () => {
  test('opens without an error, and no panel is empty', async () => {
    const { page, complaints } = await live().open('/sound')
    expect(await states(page)).toEqual(new Array(9).fill('ready'))
    expect(await page.locator('.panel canvas').count()).toBe(4)
    expect(await page.locator('.kind-table tbody tr').count()).toBe(4)
    expect(await page.locator('.kind-stat').first().textContent()).toContain('before')
    expect(complaints).toEqual([])
  })

  test('says in the panel what it cannot draw, what is wrong, and what is missing', async () => {
    const { page } = await live().open('/every-kind?refresh=off')
    for (const text of [
      '"heatmap" is not supported, only timeseries, stat, table, state-timeline, text',
      'fieldConfig.defaults.custom.stacking.mode: "normal" is not supported, only none',
      'Prometheus refused the query',
      'parse error: unexpected character',
      'targets.0.expr',
      'No fault, no figure',
    ]) {
      expect(await page.locator('.panel-message', { hasText: text }).count()).toBe(1)
    }
  })

  test('values move on refresh, without a change of the address', async () => {
    const { page } = await live().open('/sound?refresh=1s')
    const address = page.url()
    const figures = page.locator('.stat-figure')
    const before = await figures.allTextContents()
    const changed = (now: string[]) => now.some((figure, at) => figure !== before[at])
    await until(page, () => figures.allTextContents(), changed)
    expect(page.url()).toBe(address)
  })

  test('a run that begins while the board is open can be chosen', async () => {
    const { page } = await live().open('/sound?refresh=1s')
    const runs = page.getByRole('combobox', { name: 'Run' }).locator('option')
    expect(await runs.allTextContents()).toEqual(['r-7'])
    live().prometheus.runs.push('r-8')
    await until(
      page,
      () => runs.allTextContents(),
      (texts) => texts.join() === 'r-7,r-8',
    )
  })

  test('annotations are in every time panel and the tooltip, and can be turned off', async () => {
    // In the fixture a fault is on from second 90 to 160 of every 300.
    const { page } = await live().open('/sound?refresh=off&from=1800000000000&to=1800000300000', {
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
    await page.getByRole('button', { name: 'Faults' }).click()
    await drawn(page)
    expect(page.url()).toContain('without=Faults')
    expect(await pixels(page, 0, fault)).toBe(0)
  })

  test('cursors move together in all time panels', async () => {
    const { page } = await live().open('/sound?refresh=off')
    await page
      .locator('.chart .u-over')
      .first()
      .hover({ position: { x: 200, y: 40 } })
    const shown = (await page.evaluate(
      "[...document.querySelectorAll('.u-cursor-x')].map((line) => line.style.transform)",
    )) as string[]
    expect(shown).toHaveLength(4)
    expect(shown.every((transform) => !transform.includes('-10px'))).toBe(true)
  })

  test('dragging zooms, going back returns', async () => {
    const { page } = await live().open('/sound?refresh=off')
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
  })
})

describe.skipIf(!chromiumPath)('look and language', () => {
  const paper = 'getComputedStyle(document.body.parentElement).backgroundColor'

  test('dark and light follow the system and the reader, and stay in the address', async () => {
    const { page, complaints } = await live().open('/sound?refresh=off', { colorScheme: 'dark' })
    expect(await page.evaluate(paper)).toBe('rgb(18, 20, 24)')
    expect(await pixels(page, 0, themedColour('#c2560a', 'dark'))).toBeGreaterThan(50)
    await page.getByRole('button', { name: 'Dark or light' }).click()
    await page.waitForURL(/theme=light/, { timeout: 10_000 })
    await drawn(page)
    expect(await page.evaluate(paper)).toBe('rgb(247, 245, 240)')
    expect(await pixels(page, 0, themedColour('#c2560a', 'light'))).toBeGreaterThan(50)
    await page.reload()
    expect(await page.evaluate(paper)).toBe('rgb(247, 245, 240)')
    expect(complaints).toEqual([])
  })

  test('Korean by what the browser accepts, English when asked', async () => {
    const { page } = await live().open('/sound?refresh=off', { locale: 'ko-KR' })
    expect(await page.getByRole('button', { name: '지금 새로고침' }).count()).toBe(1)
    await page.getByRole('button', { name: 'English' }).click()
    await page.waitForURL(/lang=en/, { timeout: 10_000 })
    expect(await page.getByRole('button', { name: 'Refresh now' }).count()).toBe(1)
  })

  test('links to other boards keep time and variables', async () => {
    const { page } = await live().open(
      '/sound?from=now-5m&to=now&refresh=off&var-arm=after&lang=en',
    )
    await page.getByRole('link', { name: 'Another board' }).click()
    await drawn(page)
    expect(new URL(page.url()).search).toBe('?from=now-5m&to=now&refresh=off&var-arm=after&lang=en')
  })

  test('fits a telephone', async () => {
    const { page } = await live().open('/sound?refresh=off', {
      viewport: { width: 390, height: 844 },
    })
    const overflow = 'document.documentElement.scrollWidth - window.innerWidth'
    expect(await page.evaluate(overflow)).toBeLessThanOrEqual(0)
  })
})

const minutesMs = 600_000

describe.skipIf(!chromiumPath)('a reader in another time zone, whose clock is wrong', () => {
  test.each([minutesMs, -minutesMs])(
    'by %p ms: now is that of the server',
    async (clockAheadMs) => {
      const { asked } = live().prometheus
      const [before, fromMs] = [asked.length, Date.now()]
      const timeZone = 'Asia/Kolkata'
      const options = { clockAheadMs, timezoneId: timeZone }
      const { page, complaints } = await live().open('/sound?refresh=off', options)
      const toMs = Date.now()
      const ends = asked.slice(before).flatMap((url) => url.searchParams.get('end') ?? [])
      expect(ends.length).toBeGreaterThan(0)
      for (const end of ends)
        expect(Math.abs(Number(end) * 1000 - toMs)).toBeLessThan(minutesMs / 2)
      const format = new Intl.DateTimeFormat('sv', { timeStyle: 'medium', timeZone })
      const seconds = Array.from({ length: Math.ceil((toMs - fromMs) / 1000) + 1 }, (_, second) =>
        format.format(fromMs + second * 1000),
      )
      const shown = /\d\d:\d\d:\d\d/.exec((await page.locator('#live').textContent()) ?? '')?.[0]
      expect(seconds).toContain(shown ?? 'nothing')
      expect(complaints).toEqual([])
    },
  )
})

describe.skipIf(!chromiumPath)('without an answer', () => {
  test('the page says that Prometheus is down, and goes on when it is back', async () => {
    const lost = startFakePrometheus()
    const port = Number(new URL(lost.url).port)
    const own = await live().startOver(lost.url)
    await lost.stop()
    const { page } = await openPage(live().browser, `${own.url}/console/sound?refresh=1s`)
    expect(await page.locator('.banner').textContent()).toContain('./stampede up')
    expect(new Set(await states(page))).toEqual(new Set(['failed', 'ready']))
    const back = startFakePrometheus(port)
    await page.locator('.banner').waitFor({ state: 'hidden', timeout: 10_000 })
    await until(
      page,
      () => states(page),
      (all) => all.every((state) => state === 'ready'),
    )
    own.kill('SIGTERM')
    expect(await own.exited).toBe(0)
    await back.stop()
  })

  test('a value that Prometheus does not know is marked where it was chosen', async () => {
    const { page } = await live().open('/sound?refresh=off&var-run=gone')
    const chosen = page.getByRole('combobox', { name: 'Run' })
    expect(await chosen.getAttribute('aria-invalid')).toBe('true')
    expect(await chosen.inputValue()).toBe('gone')
  })
})
