import type { Board } from '../model/board-schema.ts'
import { type RawRange, resolveRange } from '../model/time-range.ts'
import type { UrlState } from '../model/url-state.ts'
import { chooseLanguage, type Language, type Words, wordsIn } from '../model/words.ts'
import type { BoardName } from './api.ts'
import { h } from './dom.ts'
import type { PanelView } from './panel.ts'
import type { RequestError } from './request-error.ts'
import type { Resolved } from './variables.ts'

/** A board on its page: what was loaded, what the address says, what is drawn. */
export interface Session {
  board: Board
  boardNames: BoardName[]
  scrapeMs: number
  header: HTMLElement
  main: HTMLElement
  banner: HTMLElement
  state: UrlState
  resolved: Resolved[]
  panels: PanelView[]
  /** What the panels were laid out for. */
  laidOutFor: string
  /** Ends the questions under way when others are asked. */
  rounds: AbortController
  /** Panels in or near the window. */
  seen: Set<Element>
  watcher: IntersectionObserver
  /** Changes what is chosen: the address, then everything that follows from it. */
  change(part: Partial<UrlState>): void
}

/** The range that holds: the address's, unless it cannot be read. */
export function rawRangeOf({ state, board }: Session): RawRange {
  const wanted = state.range ?? board.time
  return resolveRange(wanted, Date.now()) ? wanted : board.time
}

export const languageOf = ({ state }: Session): Language =>
  chooseLanguage(state.language, document.documentElement.lang)

export const wordsOf = (session: Session): Words => wordsIn(languageOf(session))

/** `5s`, or empty for off. */
export function refreshText({ state, board }: Session): string {
  const chosen = state.refresh ?? board.refresh
  return chosen === 'off' ? '' : chosen
}

/** Shows what is wrong with the whole page above the panels, or takes it away. */
export function showBanner(session: Session, error: RequestError | null): void {
  const { banner } = session
  banner.hidden = error === null
  if (!error) return
  const { headline, hint } = error.shownIn(wordsOf(session))
  banner.replaceChildren(h('strong', {}, headline), ` ${hint} `, h('code', {}, error.message))
}
