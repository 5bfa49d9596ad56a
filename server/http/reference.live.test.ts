import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'
import { appForTest, tokenForTest } from '../testing/app-for-test.ts'
import { operationsOf } from '../testing/operations.ts'

const executablePath = Bun.which('chromium') ?? Bun.which('google-chrome') ?? ''
const canRun = existsSync(executablePath)
if (!canRun) console.log('skipped: the reference page: no chromium on this machine')

/** A first start of the browser on a busy machine. */
const startMsMax = 30_000

describe.skipIf(!canRun)('the reference page', () => {
  let browser: Browser
  const shop = appForTest({ token: tokenForTest })
  const server = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: (one) => shop.app.fetch(one) })
  beforeAll(async () => {
    // Names of the outside would be looked up before a request is seen: none resolves here.
    const args = [
      '--no-sandbox',
      '--disable-gpu',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
    ]
    browser = await chromium.launch({ executablePath, args, timeout: startMsMax })
  }, startMsMax)
  afterAll(async () => {
    await browser?.close()
    await server.stop(true)
  })

  test(
    'lists every route, and loads from this server only',
    async () => {
      const page = await browser.newPage({ viewport: { width: 1200, height: 1600 } })
      const asked: string[] = []
      const failed: string[] = []
      page.on('request', (request) => void asked.push(new URL(request.url()).origin))
      page.on('requestfailed', (request) => void failed.push(request.url()))
      page.on('pageerror', (error) => void failed.push(error.message))
      page.on('console', (one) => one.type() === 'error' && failed.push(one.text()))
      await page.goto(`${server.url}docs`)
      const operations = await operationsOf(shop)
      await page
        .locator('.opblock')
        .nth(operations.length - 1)
        .waitFor()
      const listed = await page.locator('.opblock-summary').evaluateAll((blocks) =>
        blocks.map((block) => {
          const textOf = (name: string) => block.querySelector(name)?.textContent?.trim()
          const path = textOf('.opblock-summary-path')?.replaceAll('\u200b', '')
          return `${textOf('.opblock-summary-method')} ${path}`
        }),
      )
      expect(listed.sort()).toEqual(operations.map(({ label }) => label).sort())
      expect([...new Set(asked)].filter((origin) => origin !== 'null')).toEqual([server.url.origin])
      expect(failed).toEqual([])
      const folder = process.env.SCREENSHOT_FOLDER
      if (folder) await page.screenshot({ path: `${folder}/reference.png` })
    },
    startMsMax,
  )

  test('a foreign page may not frame it or run its own scripts in it', async () => {
    const policy = (await fetch(`${server.url}docs`)).headers.get('content-security-policy')
    expect(policy).toContain("default-src 'self'")
    expect(policy).toContain("frame-ancestors 'none'")
  })
})
