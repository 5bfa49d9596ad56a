import type { Board } from '../model/board-schema.ts'
import { themedColour } from '../model/colours.ts'
import type { RawRange } from '../model/time-range.ts'
import { carried, type UrlState } from '../model/url-state.ts'
import type { Resolved } from '../model/variables.ts'
import { fill, type Language, type Words } from '../model/words.ts'
import type { BoardName } from './api.ts'
import { currentLook } from './chart/look.ts'
import { h, signButton } from './dom.ts'
import { isOn } from './questions.ts'
import { rangePicker } from './range-picker.ts'
import { swatch } from './tooltip.ts'
import { variableBar } from './variable-bar.ts'

export interface Toolbar {
  board: Board
  boardNames: BoardName[]
  words: Words
  language: Language
  state: UrlState
  raw: RawRange
  refresh: string
  resolved: readonly Resolved[]
  onChange(change: Partial<UrlState>): void
  onRefreshNow(): void
}

/** The head of a board: where one is, the time, how it looks, and below it the variables. */
export function drawToolbar(element: HTMLElement, bar: Toolbar): void {
  const { board, words, state, raw, onChange } = bar
  // The control in use keeps the focus over a redraw.
  const focusable = () => [...element.querySelectorAll<HTMLElement>('button, select, a, input')]
  const active = document.activeElement
  const focused = active instanceof HTMLElement ? focusable().indexOf(active) : -1
  const home = carried(state, raw, { time: true, variables: false })
  element.replaceChildren(
    h(
      'div',
      { class: 'toolbar-line' },
      h('a', { class: 'brand', href: `/console?${home}`, title: words.boards }, 'Stampede'),
      h('h1', { title: board.description }, board.title),
      h('span', { class: 'live', role: 'status', id: 'live' }),
      rangePicker({ words, raw, onPick: (range) => onChange({ range }) }),
      refreshPicker(bar),
      lookButtons(bar),
    ),
    ...navigation(bar),
    h(
      'div',
      { class: 'toolbar-line choices-line' },
      ...variableBar({
        words,
        resolved: bar.resolved,
        onChoose: (name, values) => {
          onChange({ variables: new Map([...state.variables, [name, values]]) })
        },
      }),
      annotationChips(bar),
    ),
  )
  if (focused >= 0) focusable()[focused]?.focus()
}

const intervals = ['1s', '5s', '15s']

function refreshPicker({ words, refresh, onChange, onRefreshNow }: Toolbar): HTMLElement {
  const known = refresh === '' || intervals.includes(refresh) ? intervals : [...intervals, refresh]
  const options = ['', ...known].map((value) => {
    const text = value === '' ? words.off : value
    return h('option', { value, selected: value === refresh }, text)
  })
  const onchange = (event: Event) => {
    onChange({ refresh: (event.target as HTMLSelectElement).value || 'off' })
  }
  const label = fill(words.refreshEvery, { span: '' }).trim()
  return h(
    'div',
    { class: 'group', role: 'group', 'aria-label': words.refresh },
    signButton('refresh', words.refreshNow, onRefreshNow),
    h('select', { 'aria-label': label, title: label, onchange }, ...options),
  )
}

/** Turns dark and light, English and Korean. */
export function lookButtons({
  words,
  language,
  onChange,
}: Pick<Toolbar, 'words' | 'language'> & {
  onChange(change: Partial<Pick<UrlState, 'theme' | 'language'>>): void
}): HTMLElement {
  const turnTheme = () => onChange({ theme: currentLook().theme === 'dark' ? 'light' : 'dark' })
  const other = language === 'ko' ? 'en' : 'ko'
  const name = other === 'ko' ? '한국어' : 'English'
  const onclick = () => onChange({ language: other })
  const attributes = { lang: other, title: name, 'aria-label': name, onclick }
  return h(
    'div',
    { class: 'group', role: 'group' },
    signButton('theme', words.theme, turnTheme),
    h('button', attributes, other.toUpperCase()),
  )
}

/** Links to other boards, with time and variables if the JSON says so. */
function navigation({ board, boardNames, words, state, raw }: Toolbar): HTMLElement[] {
  const links = board.links.flatMap((link) => {
    const search = carried(state, raw, { time: link.keepTime, variables: link.includeVars })
    return boardNames.flatMap(({ uid, title, tags }) => {
      const isLinked = link.tags.length === 0 || link.tags.some((tag) => tags?.includes(tag))
      if (!isLinked || !uid || !title) return []
      const here = uid === board.uid ? { 'aria-current': 'page' } : {}
      return [h('a', { href: `/console/${uid}?${search}`, ...here }, title)]
    })
  })
  if (links.length === 0) return []
  return [h('nav', { class: 'boards-nav', 'aria-label': words.boards }, ...links)]
}

/** The sources of annotations, each to be turned off and on. */
function annotationChips({ board, words, state, onChange }: Toolbar): HTMLElement | null {
  const sources = board.annotations
  if (sources.length === 0) return null
  const { theme } = currentLook()
  const chips = sources.map((source) => {
    const { name, iconColor } = source
    const onclick = () => {
      const turnedAnnotations = state.turnedAnnotations.symmetricDifference(new Set([name]))
      onChange({ turnedAnnotations })
    }
    const pressed = { 'aria-pressed': String(isOn(state, source)) }
    const dab = swatch(themedColour(iconColor, theme))
    return h('button', { class: 'chip', ...pressed, onclick }, dab, name)
  })
  return h('div', { class: 'chips', role: 'group', 'aria-label': words.annotations }, ...chips)
}
