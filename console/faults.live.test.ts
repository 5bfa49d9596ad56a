import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import type { SpawnedProcess } from '../server/spawn-process.ts'
import { tokenForTest } from '../server/testing/app-for-test.ts'
import { chromiumPath, openPage, type PageOptions } from './testing/browser.ts'
import { type FakeArm, startFakeArms } from './testing/fake-arms.ts'
import { liveConsoleForTests } from './testing/live-console.ts'

const live = liveConsoleForTests('the page of faults')
let arms: Record<'before' | 'after', FakeArm>
let own: SpawnedProcess

const settings = () => ({ ARM_BEFORE_URL: arms.before.url, ARM_AFTER_URL: arms.after.url })

beforeAll(async () => {
  if (!chromiumPath) return
  arms = startFakeArms()
  own = await live().startOver(live().prometheus.url, settings())
})
beforeEach(() => {
  for (const arm of Object.values(arms ?? {})) arm.board.reset()
})
afterAll(async () => {
  own?.kill('SIGKILL')
  for (const arm of Object.values(arms ?? {})) await arm.stop()
})

const deadline = { timeout: 10_000 }

/** The page before a token is given. */
const openFaults = (options: PageOptions = {}, url = own.url) =>
  openPage(live().browser, `${url}/console/faults`, options)

async function give(page: Page, token: string): Promise<void> {
  await page.getByLabel('Token', { exact: true }).fill(token)
  await page.getByRole('button', { name: 'Use this token' }).press('Enter')
}

/** The page with both lists. */
async function openWithToken(url = own.url) {
  const opened = await openFaults({}, url)
  await give(opened.page, tokenForTest)
  await opened.page.getByRole('table', { name: 'Faults' }).waitFor(deadline)
  return opened
}

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })

describe.skipIf(!chromiumPath)('the page of faults', () => {
  test('asks for the token once, keeps it for the tab, and says that one was refused', async () => {
    const { page, complaints } = await openFaults()
    await give(page, 'wrong')
    await page.getByRole('alert').filter({ hasText: 'The token was refused' }).waitFor(deadline)
    expect(await page.evaluate('sessionStorage.length')).toBe(0)
    await give(page, tokenForTest)
    await button(page, 'Start bank in before').waitFor(deadline)
    await page.reload(deadline)
    await button(page, 'Start bank in before').waitFor(deadline)
    expect(await page.evaluate('[localStorage.length, document.cookie]')).toEqual([0, ''])
    expect(page.url()).not.toContain(tokenForTest)
    // Chromium itself logs the two lists that were refused.
    expect(complaints.filter((text) => !text.includes('401'))).toEqual([])
  })

  test('starts a fault as strong and as long as chosen, counts down, and sees it end', async () => {
    const { page, complaints } = await openWithToken()
    await page.getByLabel('bank: probability, 0 to 1').fill('0.25')
    await page.getByLabel('bank: seconds until it ends').fill('3')
    await button(page, 'Start bank in after').press('Enter')
    await button(page, 'Stop bank in after').waitFor(deadline)
    const [before, after] = [arms.before.board, arms.after.board].map(({ one }) => one('bank'))
    expect(before?.active).toBe(false)
    expect(after?.settings).toMatchObject({ probability: 0.25, ttlSeconds: 3, latencyMs: 500 })
    const cell = page.locator('[data-fault=bank] td[data-arm=after]')
    expect(await cell.textContent()).toMatch(/[123] s left0 injected/)
    const focused = 'document.activeElement.getAttribute("aria-label")'
    expect(await page.evaluate(focused)).toBe('Stop bank in after')
    await page
      .getByRole('status')
      .filter({ hasText: 'bank has ended in after.' })
      .waitFor({
        ...{ ...deadline, state: 'attached' },
      })
    await button(page, 'Start bank in after').waitFor(deadline)
    expect(complaints).toEqual([])
  })

  test('follows what others do, and one button stops all of it in both arms', async () => {
    const { page } = await openWithToken()
    await button(page, 'Start slow-query in both arms').press('Enter')
    arms.before.board.put('retry-storm', {})
    for (const name of ['slow-query in before', 'slow-query in after', 'retry-storm in before']) {
      await button(page, `Stop ${name}`).waitFor(deadline)
    }
    await page.getByRole('columnheader', { name: 'before 2 active' }).waitFor(deadline)
    await button(page, 'Stop all faults').press('Enter')
    await page.getByRole('columnheader', { name: 'before none active' }).waitFor(deadline)
    await page.getByRole('columnheader', { name: 'after none active' }).waitFor(deadline)
    for (const { board } of Object.values(arms)) {
      expect(board.list().filter(({ active }) => active)).toEqual([])
    }
  })

  test('a field says what is wrong with it, and a cell what its arm refuses', async () => {
    const { page } = await openWithToken()
    const probability = page.getByLabel('crash: probability, 0 to 1')
    await probability.fill('2')
    await button(page, 'Start crash in before').press('Enter')
    expect(await page.evaluate('document.activeElement.validity.rangeOverflow')).toBe(true)
    await page.evaluate("document.activeElement.removeAttribute('max')")
    await button(page, 'Start crash in before').press('Enter')
    await page.getByRole('alert').filter({ hasText: 'probability: ' }).waitFor(deadline)
    expect(arms.before.board.isOn('crash')).toBe(false)
  })

  test('says that an arm or the console is gone, and goes on when it is back', async () => {
    const port = Number(new URL(own.url).port)
    const { page } = await openWithToken()
    const alert = (text: string) => page.getByRole('alert').filter({ hasText: text })
    await arms.after.stop()
    await alert('No answer from after').waitFor(deadline)
    await button(page, 'Stop all faults').press('Enter')
    await alert('Not stopped in after').waitFor(deadline)
    arms.after.start()
    await page.locator('.banner').waitFor({ ...deadline, state: 'hidden' })
    own.kill('SIGKILL')
    await own.exited
    await alert('The server of this page is gone').waitFor(deadline)
    const more = { ...settings(), STAMPEDE_PORT: String(port) }
    own = await live().startOver(live().prometheus.url, more)
    await page.locator('.banner').waitFor({ ...deadline, state: 'hidden' })
    await button(page, 'Start bank in after').press('Enter')
    await button(page, 'Stop bank in after').waitFor(deadline)
  })
})
