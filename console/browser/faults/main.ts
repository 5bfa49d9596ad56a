import { chooseLanguage, wordsIn } from '../../model/words.ts'
import { currentLook, setTheme } from '../chart/look.ts'
import { h } from '../dom.ts'
import { lookButtons } from '../toolbar.ts'
import { FaultsPage } from './faults-page.ts'

const everyMs = 1000

const header = document.getElementById('toolbar')
const main = document.getElementById('panels')
const language = chooseLanguage(null, document.documentElement.lang)
const words = wordsIn(language)

/** The address with another value, for this page and for the links from it. */
function addressWith(name: string, value: string): string {
  const search = new URLSearchParams(location.search)
  search.set(name, value)
  return `?${search}`
}

function drawHeader(header: HTMLElement, stopButton: HTMLElement): void {
  const brand = h('a', { class: 'brand', href: `/console${location.search}` }, 'Stampede')
  const look = lookButtons({
    words,
    language,
    onChange({ theme, language: other }) {
      if (other) location.search = addressWith('lang', other)
      if (!theme) return
      setTheme(theme)
      history.replaceState(null, '', addressWith('theme', currentLook().theme))
      brand.href = `/console${location.search}`
    },
  })
  header.replaceChildren(
    h('div', { class: 'toolbar-line' }, brand, h('h1', {}, words.faults), look, stopButton),
  )
}

if (header && main) {
  const page = new FaultsPage(main, words, language)
  drawHeader(header, page.stopButton)
  page.start()
  /** One round after the other, never two at once; none while the page is hidden. */
  const turn = async () => {
    try {
      if (!document.hidden) await page.refresh()
    } finally {
      setTimeout(turn, everyMs)
    }
  }
  setTimeout(turn, everyMs)
}
