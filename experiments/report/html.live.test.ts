import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import type { Browser, BrowserContextOptions } from 'playwright-core'
import { chromiumPath, launchChromium, watchPage } from '../../console/testing/browser.ts'
import { scratchFolder } from '../../lab/testing/scratch.ts'
import { rehearsalDocument } from '../rehearse/document.ts'
import { rehearsalReport } from '../rehearse/result.ts'
import { fixtureEnvironment, fixturePlan, fixtureSession } from '../testing/fixture-blocks.ts'
import { writeReport } from './write.ts'

if (!chromiumPath) console.log('skipped: the report in a browser (no Chromium on this machine)')

const directory = await scratchFolder()
let browser: Browser

beforeAll(async () => {
  if (!chromiumPath) return
  const fault = { name: 'bank', settings: {}, fromSeconds: 2, toSeconds: 4 }
  const plan = fixturePlan({ blocks: 2, durationSeconds: 8, faults: [fault] })
  const blocks = fixtureSession(plan)
  const report = rehearsalReport(plan, blocks, fixtureEnvironment())
  await writeReport(directory, rehearsalDocument(report, blocks), report)
  browser = await launchChromium(chromiumPath)
})
afterAll(() => browser?.close())

/** A fresh page with the report. */
const open = (options: BrowserContextOptions) =>
  watchPage(browser, `file://${join(directory, 'report.html')}`, options)

describe.skipIf(!chromiumPath)('the report in a browser', () => {
  test('draws two arms by four charts, without an error and without a request', async () => {
    const { page, complaints } = await open({ viewport: { width: 1280, height: 800 } })
    expect(await page.locator('figure canvas').count()).toBe(8)
    expect(await page.locator('figure [role=img]').first().getAttribute('aria-label')).toMatch(
      /^before: arrived up to 60/,
    )
    expect(complaints).toEqual([])
  })

  test('reads out the second under the pointer, in every chart at once', async () => {
    const { page } = await open({ viewport: { width: 1280, height: 2400 } })
    await page.locator('.u-over').first().hover()
    const read = await page.locator('.u-legend .u-series:first-child .u-value').allTextContents()
    expect(new Set(read).size).toBe(1)
    expect(read[0]).toMatch(/^\d+ s$/)
  })

  test('fits a telephone', async () => {
    const { page, complaints } = await open({ viewport: { width: 390, height: 844 } })
    const overflow = 'document.documentElement.scrollWidth - window.innerWidth'
    expect(await page.evaluate(overflow)).toBeLessThanOrEqual(0)
    expect(complaints).toEqual([])
  })

  test('is dark where the reader is, and light on paper', async () => {
    const { page, complaints } = await open({ colorScheme: 'dark' })
    const paper = "getComputedStyle(document.documentElement).getPropertyValue('--paper')"
    expect(await page.evaluate(paper)).toBe('#14161a')
    await page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    expect(await page.evaluate(paper)).toBe('#fbfaf7')
    await page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    expect(await page.evaluate(paper)).toBe('#14161a')
    expect(complaints).toEqual([])
  })
})
