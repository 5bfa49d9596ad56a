import type { Board } from '../model/board-schema.ts'
import { clockText } from '../model/clock.ts'
import { serverNowMs } from '../model/server-clock.ts'
import { parseDuration, type RawRange, resolveRange, type TimeRange } from '../model/time-range.ts'
import { readUrl, type UrlState, writeUrl } from '../model/url-state.ts'
import { type Resolved, resolveVariables, valuesOf } from '../model/variables.ts'
import { chooseLanguage, fill, type Language, type Words, wordsIn } from '../model/words.ts'
import { type BoardName, type LoadedBoard, newRound } from './api.ts'
import { currentLook, setTheme } from './chart/look.ts'
import { h } from './dom.ts'
import { createGrid, onlyPanel } from './grid.ts'
import type { PanelView } from './panel.ts'
import { type Asked, annotationsIn, isOn } from './questions.ts'
import { type Failure, questionFailure } from './request-error.ts'
import { drawToolbar } from './toolbar.ts'

/** A board on its page: what was loaded, what the address says, what is drawn. */
export class BoardPage {
  readonly #board: Board
  readonly #boardNames: BoardName[]
  readonly #scrapeMs: number
  readonly #header: HTMLElement
  readonly #main: HTMLElement
  readonly #banner = h('div', { class: 'banner', role: 'alert', hidden: true })
  /** Panels in or near the window. */
  readonly #seen = new Set<Element>()
  readonly #watcher = new IntersectionObserver((entries) => this.#noteSeen(entries), {
    rootMargin: '200px',
  })
  #state: UrlState = readUrl(new URLSearchParams(location.search))
  #resolved: Resolved[] = []
  #panels: PanelView[] = []
  #laidOutFor = ''
  /** Ends the questions under way when others are asked. */
  #rounds = new AbortController()

  /** Nothing is drawn before `apply`. */
  constructor(
    { board, scrapeIntervalMs }: LoadedBoard,
    boardNames: BoardName[],
    { header, main }: { header: HTMLElement; main: HTMLElement },
  ) {
    this.#board = board
    this.#boardNames = boardNames
    this.#scrapeMs = scrapeIntervalMs
    this.#header = header
    this.#main = main
  }

  /** Null while refreshing is off. */
  get refreshEveryMs(): number | null {
    return parseDuration(this.#refresh)
  }

  /** The address changed under the page (back, forward): everything follows. */
  follow(): Promise<void> {
    this.#state = readUrl(new URLSearchParams(location.search))
    return this.apply()
  }

  /** Draws the whole board as the address says; questions still under way are given up. */
  async apply(): Promise<void> {
    this.#rounds.abort()
    this.#rounds = new AbortController()
    const before = currentLook().theme
    setTheme(this.#state.theme)
    document.documentElement.lang = this.#language
    if (currentLook().theme !== before) for (const panel of this.#panels) panel.redraw()
    this.#drawToolbar()
    this.#main.setAttribute('aria-busy', 'true')
    await this.#askOnce(true)
  }

  /** Asks again for panels in sight; for all if a variable has other values or asking failed. */
  async refresh(): Promise<void> {
    if (!this.#banner.hidden || this.#panels.length === 0) await this.apply()
    else await this.#askOnce(false)
  }

  /** Draws what is there in the colours of now. */
  redraw(): void {
    this.#drawToolbar()
    for (const panel of this.#panels) panel.redraw()
  }

  get #language(): Language {
    return chooseLanguage(this.#state.language, document.documentElement.lang)
  }

  get #words(): Words {
    return wordsIn(this.#language)
  }

  /** The address's range, unless it cannot be read. */
  get #rawRange(): RawRange {
    const { range } = this.#state
    return range && resolveRange(range, serverNowMs()) ? range : this.#board.time
  }

  get #range(): TimeRange {
    const nowMs = serverNowMs()
    const fallback = { fromMs: nowMs - 900_000, toMs: nowMs }
    return resolveRange(this.#rawRange, nowMs) ?? fallback
  }

  /** `5s`, or empty for off. */
  get #refresh(): string {
    const chosen = this.#state.refresh ?? this.#board.refresh
    return chosen === 'off' ? '' : chosen
  }

  /** Changes what is chosen: the address, then everything that follows from it. */
  #change(part: Partial<UrlState>): void {
    this.#state = { ...this.#state, ...part }
    const search = writeUrl(this.#state).toString()
    history.pushState(null, '', search === '' ? location.pathname : `?${search}`)
    void this.apply()
  }

  /** One round of questions: variables first, then what panels show; nothing once it is aborted. */
  async #askOnce(isWhole: boolean): Promise<void> {
    const { signal } = this.#rounds
    const range = this.#range
    const prometheus = newRound(signal)
    const before = JSON.stringify(this.#resolved)
    const { variables } = this.#state
    const { all } = this.#words
    const failure = await resolveVariables(this.#board, variables, prometheus, range, all).then(
      (resolved) => {
        this.#resolved = resolved
        return null
      },
      (error: unknown) => (signal.aborted ? null : questionFailure(error, this.#words)),
    )
    if (signal.aborted) return
    this.#showBanner(failure)
    const isChanged = isWhole || JSON.stringify(this.#resolved) !== before
    if (isChanged) {
      this.#drawToolbar()
      this.#layOut()
    }
    const shown = this.#panels.filter(({ element }) => isChanged || this.#seen.has(element))
    const values = valuesOf(this.#resolved)
    await this.#ask(shown, { prometheus, range, values, scrapeMs: this.#scrapeMs }, signal)
    if (signal.aborted) return
    this.#main.setAttribute('aria-busy', 'false')
    this.#showLive()
  }

  /** Asks for what some panels show and for the annotations, all at once. */
  async #ask(panels: readonly PanelView[], asked: Asked, signal: AbortSignal): Promise<void> {
    const sources = this.#board.annotations.filter((source) => isOn(this.#state, source))
    const annotations = annotationsIn(sources, asked).catch((error: unknown) => {
      // A failing annotation says so above the panels and does not keep them from being drawn.
      if (!signal.aborted) this.#showBanner(questionFailure(error, this.#words))
      return []
    })
    const shared = {
      lanes: sources.map(({ name }) => name),
      onZoom: ({ fromMs, toMs }: TimeRange) => {
        this.#change({ range: { from: String(fromMs), to: String(toMs) } })
      },
      onReset: () => {
        if (this.#state.range !== null && this.#rawRange.to !== 'now') history.back()
      },
    }
    await Promise.all(panels.map((panel) => panel.refresh({ ...asked, annotations, shared })))
  }

  /** Makes rows and panels again when variables, rows or language ask for others. */
  #layOut(): void {
    const values = valuesOf(this.#resolved)
    const { closedRows, panel: enlarged } = this.#state
    const key = JSON.stringify([[...values], [...closedRows], enlarged, this.#language])
    if (key === this.#laidOutFor) return
    this.#laidOutFor = key
    for (const panel of this.#panels) panel.destroy()
    this.#watcher.disconnect()
    this.#seen.clear()
    const isEnlarged = enlarged !== null
    const { sections } = this.#board
    const grid = createGrid(isEnlarged ? onlyPanel(sections, enlarged) : sections, {
      ...{ words: this.#words, values, isEnlarged },
      onEnlarge: (id) => this.#change({ panel: isEnlarged ? null : String(id) }),
      isClosed: (row) => closedRows.has(String(row)),
      onTurn: (row) => {
        this.#change({ closedRows: closedRows.symmetricDifference(new Set([String(row)])) })
      },
    })
    const focused = focusedPlace()
    this.#panels = grid.views
    this.#main.classList.toggle('single', isEnlarged)
    this.#main.replaceChildren(this.#banner, ...grid.elements)
    if (focused) this.#main.querySelector<HTMLElement>(focused)?.focus()
    for (const { element } of this.#panels) this.#watcher.observe(element)
  }

  #noteSeen(entries: IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) this.#seen.add(target)
      else this.#seen.delete(target)
    }
  }

  #drawToolbar(): void {
    drawToolbar(this.#header, {
      board: this.#board,
      boardNames: this.#boardNames,
      words: this.#words,
      language: this.#language,
      state: this.#state,
      raw: this.#rawRange,
      refresh: this.#refresh,
      resolved: this.#resolved,
      onChange: (part) => this.#change(part),
      onRefreshNow: () => void this.apply(),
    })
  }

  /** Shows what is wrong with the whole page above the panels, or takes it away. */
  #showBanner(failure: Failure | null): void {
    this.#banner.hidden = failure === null
    if (!failure) return
    const { headline, hint, detail } = failure
    this.#banner.replaceChildren(h('strong', {}, headline), ` ${hint} `, h('code', {}, detail))
  }

  /** Says whether the picture follows the clock, and when it was drawn. */
  #showLive(): void {
    const { live, paused, updated } = this.#words
    const isLive = this.#rawRange.to === 'now' && this.#refresh !== ''
    const time = h(
      'span',
      { class: 'soft' },
      fill(updated, { time: clockText(serverNowMs() / 1000) }),
    )
    const element = document.getElementById('live')
    element?.classList.toggle('on', isLive)
    element?.replaceChildren(h('span', { class: 'dot' }), isLive ? live : paused, time)
  }
}

/** The button of a row or panel that has the focus, as it is found in the next layout. */
function focusedPlace(): string | null {
  const active = document.activeElement
  const row = active?.getAttribute('aria-controls')
  if (row) return `[aria-controls="${CSS.escape(row)}"]`
  const id = active?.closest('.panel')?.getAttribute('data-id')
  return id ? `[data-id="${CSS.escape(id)}"] .enlarge` : null
}
