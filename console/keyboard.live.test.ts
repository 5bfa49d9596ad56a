import { describe, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { chromiumPath, drawn } from './testing/browser.ts'
import { liveConsoleForTests } from './testing/live-console.ts'

const live = liveConsoleForTests('the console by keyboard')

describe.skipIf(!chromiumPath)('by keyboard', () => {
  const active = 'document.activeElement'
  const focused = (page: Page) =>
    page.evaluate(
      `(${active}.getAttribute('aria-label') ?? ${active}.textContent).trim()`,
    ) as Promise<string>

  test('first the skip link, then the head in order, each with a visible focus', async () => {
    const { page } = await live().open('/sound?refresh=off')
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
      ...['Every kind of panel', 'Sound'],
    ])
  })

  test('arrow keys move and widen the range, and the focus stays', async () => {
    const { page } = await live().open('/sound?refresh=off')
    await page.getByRole('button', { name: 'Last 15m' }).focus()
    await page.keyboard.press('ArrowUp')
    await page.waitForURL(/from=now-1800s&to=now/, { timeout: 10_000 })
    await page.keyboard.press('ArrowLeft')
    await page.waitForURL(/from=\d{13}&to=\d{13}/, { timeout: 10_000 })
    expect(await focused(page)).toBe('Last 15m')
  })

  test('a chart is read out point by point', async () => {
    const { page } = await live().open('/sound?refresh=off')
    await page.getByRole('group', { name: /^Paid orders/ }).focus()
    await page.keyboard.press('ArrowLeft')
    const first = await page.locator('.tooltip-time').textContent()
    await page.keyboard.press('ArrowLeft')
    expect(await page.locator('.tooltip-time').textContent()).not.toBe(first)
    expect(await page.locator('.tooltip-row').count()).toBe(2)
    await page.keyboard.press('Escape')
    expect(await page.locator('.tooltip').isHidden()).toBe(true)
  })

  test('a choice of several, a row, a series, and a panel alone', async () => {
    const { page } = await live().open('/sound?refresh=off')
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
    expect(await focused(page)).toBe('Back to the whole board: Memory')
  })
})
