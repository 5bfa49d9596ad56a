import type { PrometheusClient } from '../model/prometheus-client.ts'
import { parseDuration, resolveRange, type TimeRange } from '../model/time-range.ts'
import { readUrl, writeUrl } from '../model/url-state.ts'
import { fill } from '../model/words.ts'
import { type BoardName, type LoadedBoard, newRound } from './api.ts'
import { askFor } from './asking.ts'
import { clockText } from './chart/clock.ts'
import { currentLook, setTheme } from './chart/look.ts'
import { h } from './dom.ts'
import { layOut } from './layout.ts'
import { type RequestError, requestErrorOf } from './request-error.ts'
import {
  languageOf,
  rawRangeOf,
  refreshText,
  type Session,
  showBanner,
  wordsOf,
} from './session.ts'
import { drawToolbar } from './toolbar.ts'
import { resolveVariables } from './variables.ts'

/** A board in the page's `header` and `main`, not drawn yet: `apply` does that. */
export function openBoard(
  { board, scrapeIntervalMs }: LoadedBoard,
  boardNames: BoardName[],
  { header, main }: { header: HTMLElement; main: HTMLElement },
): Session {
  const seen = new Set<Element>()
  const noteSeen = (entries: IntersectionObserverEntry[]) => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) seen.add(target)
      else seen.delete(target)
    }
  }
  const session: Session = {
    board,
    boardNames,
    scrapeMs: scrapeIntervalMs,
    header,
    main,
    banner: h('div', { class: 'banner', role: 'alert', hidden: true }),
    state: readUrl(new URLSearchParams(location.search)),
    resolved: [],
    panels: [],
    laidOutFor: '',
    rounds: new AbortController(),
    seen,
    watcher: new IntersectionObserver(noteSeen, { rootMargin: '200px' }),
    change(part) {
      session.state = { ...session.state, ...part }
      const search = writeUrl(session.state).toString()
      history.pushState(null, '', search === '' ? location.pathname : `?${search}`)
      void apply(session)
    },
  }
  return session
}

/** The address changed under the page (back, forward): everything follows. */
export function follow(session: Session): Promise<void> {
  session.state = readUrl(new URLSearchParams(location.search))
  return apply(session)
}

/** Draws the whole board as the address says; questions still under way are given up. */
export async function apply(session: Session): Promise<void> {
  session.rounds.abort()
  session.rounds = new AbortController()
  const { signal } = session.rounds
  const range = resolveRange(rawRangeOf(session), Date.now())
  if (!range) return
  const before = currentLook().theme
  setTheme(session.state.theme)
  const turned = currentLook().theme !== before
  document.documentElement.lang = languageOf(session)
  toolbar(session)
  session.main.setAttribute('aria-busy', 'true')
  const round = newRound(signal)
  const failure = await resolve(session, round, range)
  if (signal.aborted) return
  showBanner(session, failure)
  toolbar(session)
  layOut(session)
  if (turned) for (const panel of session.panels) panel.redraw()
  await askFor(session, session.panels, round, range)
  if (signal.aborted) return
  session.main.setAttribute('aria-busy', 'false')
  showLive(session)
}

/**
 * Asks again for the panels that can be seen; for the whole board when a variable has got other
 * values (a run has begun), and while something is wrong.
 */
export async function refresh(session: Session): Promise<void> {
  const range = resolveRange(rawRangeOf(session), Date.now())
  const { signal } = session.rounds
  if (!range) return
  if (!session.banner.hidden || session.panels.length === 0) return apply(session)
  const round = newRound(signal)
  const before = JSON.stringify(session.resolved)
  const failure = await resolve(session, round, range)
  if (signal.aborted) return
  showBanner(session, failure)
  const changed = JSON.stringify(session.resolved) !== before
  if (changed) {
    toolbar(session)
    layOut(session)
  }
  const wanted = session.panels.filter(({ element }) => changed || session.seen.has(element))
  await askFor(session, wanted, round, range)
  if (!signal.aborted) showLive(session)
}

/** Draws what is there in the colours of now. */
export function redraw(session: Session): void {
  toolbar(session)
  for (const panel of session.panels) panel.redraw()
}

export const refreshEveryMs = (session: Session): number | null =>
  parseDuration(refreshText(session))

/** Sets the variables. @returns what kept Prometheus from naming their values */
async function resolve(
  session: Session,
  prometheus: PrometheusClient,
  range: TimeRange,
): Promise<RequestError | null> {
  const { board, state, rounds } = session
  const { signal } = rounds
  const { all } = wordsOf(session)
  try {
    session.resolved = await resolveVariables(board, state.variables, prometheus, range, all)
    return null
  } catch (error) {
    return signal.aborted ? null : requestErrorOf(error)
  }
}

function toolbar(session: Session): void {
  const { board, boardNames, state, resolved } = session
  drawToolbar(session.header, {
    board,
    boardNames,
    words: wordsOf(session),
    language: languageOf(session),
    state,
    raw: rawRangeOf(session),
    refresh: refreshText(session),
    resolved,
    onChange: session.change,
    onRefreshNow: () => void apply(session),
  })
}

/** Whether the picture follows the clock, and of when it is. */
function showLive(session: Session): void {
  const words = wordsOf(session)
  const element = document.getElementById('live')
  const live = rawRangeOf(session).to === 'now' && refreshText(session) !== ''
  element?.classList.toggle('on', live)
  const time = clockText(Date.now() / 1000)
  element?.replaceChildren(
    h('span', { class: 'dot' }),
    live ? words.live : words.paused,
    h('span', { class: 'soft' }, fill(words.updated, { time })),
  )
}
