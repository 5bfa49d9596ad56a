import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/** Where this machine has a Chromium; null when it has none. */
export const chromiumPath =
  names.map((name) => Bun.which(name)).find((path) => path !== null) ?? null

const switches = ['--no-sandbox', '--disable-background-networking', '--disable-quic']

/** A Chromium without a window. */
export function launchChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: [...switches, '--no-first-run'] })
}

/** How a page is opened. */
export type PageOptions = BrowserContextOptions & {
  /** The reader's clock is wrong by so much. */
  clockAheadMs?: number
}

export interface WatchedPage {
  page: Page
  /** Errors on the page, what it logs, and every address on another host than its own. */
  complaints: string[]
}

/** Opens an address and waits until the board is drawn (or 10 s have passed: then it throws). */
export async function openPage(
  browser: Browser,
  url: string,
  options: PageOptions = {},
): Promise<WatchedPage> {
  const opened = await watchPage(browser, url, options)
  await drawn(opened.page)
  return opened
}

/** Opens an address of any kind, `file:` too. */
export async function watchPage(
  browser: Browser,
  url: string,
  { clockAheadMs = 0, ...options }: PageOptions,
): Promise<WatchedPage> {
  const complaints: string[] = []
  const page = await browser.newPage({ viewport: { width: 1920, height: 1080 }, ...options })
  const { host } = new URL(url)
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => complaints.push(message.text()))
  page.on('request', (request) => {
    if (new URL(request.url()).host !== host) complaints.push(request.url())
  })
  if (clockAheadMs !== 0) await page.addInitScript(`Date = ${wrongDate(clockAheadMs)}`)
  await page.goto(url, { timeout: 10_000 })
  return { page, complaints }
}

/** JavaScript of a Date whose now is another. */
const wrongDate = (aheadMs: number) => `class extends Date {
  static now() { return super.now() + ${aheadMs} }
  constructor(...given) { super(...(given.length === 0 ? [new.target.now()] : given)) }
}`

/** Waits until no panel of the board is waiting for its data. */
export async function drawn(page: Page): Promise<void> {
  await page.locator('main[aria-busy=false]').waitFor({ timeout: 10_000 })
}
