import { chooseLanguage, wordsIn } from '../model/words.ts'
import { loadBoard, loadBoardNames } from './api.ts'
import { BoardPage } from './board-page.ts'
import { whenSystemTurns } from './chart/look.ts'
import { h } from './dom.ts'
import { failureOf } from './request-error.ts'

const header = document.getElementById('toolbar')
const main = document.getElementById('panels')

/** Charts measure their labels: the face has to be there first, but not for ever. */
const fontReady = () =>
  Promise.race([
    document.fonts.load('11px "Inter Variable"').catch(() => []),
    new Promise((resolve) => setTimeout(resolve, 500)),
  ])

async function start(header: HTMLElement, main: HTMLElement): Promise<void> {
  const uid = location.pathname.split('/')[2] ?? ''
  const [loaded, names] = await Promise.all([
    loadBoard(uid),
    loadBoardNames().catch(() => []),
    fontReady(),
  ])
  const page = new BoardPage(loaded, names, { header, main })
  addEventListener('popstate', () => void page.follow())
  whenSystemTurns(() => page.redraw())
  await page.apply()
  keepFresh(page)
}

/** One refresh after the other, never two at once; none while the page is hidden. */
function keepFresh(page: BoardPage): void {
  const wait = () => setTimeout(turn, page.refreshEveryMs ?? 1000)
  const turn = async () => {
    try {
      if (page.refreshEveryMs !== null && !document.hidden) await page.refresh()
    } finally {
      wait()
    }
  }
  wait()
}

if (header && main) {
  start(header, main).catch((error: unknown) => {
    const words = wordsIn(chooseLanguage(null, document.documentElement.lang))
    const { headline, hint, detail } = failureOf('refused', error, words)
    main.replaceChildren(
      h('div', { class: 'notice', role: 'alert' }, h('strong', {}, headline), h('p', {}, hint)),
      h('pre', { class: 'detail' }, detail),
    )
  })
}
