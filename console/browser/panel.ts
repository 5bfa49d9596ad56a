import type { Band } from '../model/annotation-bands.ts'
import { interpolate, type Values } from '../model/interpolate.ts'
import type { KnownKind, PanelView } from '../model/panel-schema.ts'
import type { PlacedPanel } from '../model/repeats.ts'
import type { TimeRange } from '../model/time-range.ts'
import { unknownTransformations } from '../model/transformations.ts'
import { fill, type Words } from '../model/words.ts'
import { type Round, Trouble } from './api.ts'
import type { ChartShared } from './chart.ts'
import { h } from './dom.ts'
import { type PanelHead, panelHead } from './panel-head.ts'
import { ask, askingOf, hasOwnTime } from './panel-queries.ts'
import type { PanelBody, PanelMaking } from './panels/panel-body.ts'
import { statBody } from './panels/stat.ts'
import { stateTimelineBody } from './panels/state-timeline.ts'
import { tableBody } from './panels/table.ts'
import { codeElement, markdownElement } from './panels/text.ts'
import { timeseriesBody } from './panels/timeseries.ts'

/** One refresh of the board, as all its panels see it. */
export interface Refresh {
  round: Round
  range: TimeRange
  scrapeMs: number
  annotations: Promise<Band[]>
  shared: Omit<ChartShared, 'range' | 'annotations' | 'syncKey'>
}

export interface PanelHandle {
  key: string
  element: HTMLElement
  /** Asks and draws; never throws: what goes wrong stands in the panel. */
  refresh(refresh: Refresh): Promise<void>
  redraw(): void
  destroy(): void
}

export interface PanelSurroundings {
  words: Words
  /** Shows the panel alone on the page, or the whole board again. */
  onEnlarge(key: string): void
  enlarged: boolean
  linkSearch: URLSearchParams
}

/** A panel of any kind in its frame. */
export function createPanel(placed: PlacedPanel, around: PanelSurroundings): PanelHandle {
  const { view, scope, key } = placed
  const title = interpolate(view.title, scope)
  const body = bodyOf(view, { title, words: around.words }, scope)
  const inside = h('div', { class: 'panel-body' }, body?.element)
  const head = panelHead(placed, title, around)
  const headed = title === '' ? { 'aria-label': view.kind } : { 'aria-labelledby': `title-${key}` }
  const element = h(
    'section',
    { ...headed, class: `panel kind-${view.kind}`, 'data-key': key, 'data-state': 'ready' },
    head.element,
    inside,
  )
  const message = createMessage(inside)
  if (isAsking(view) && body) {
    element.dataset.state = 'waiting'
    const parts = { view, scope, body, inside, head, message, element, words: around.words }
    return { key, element, refresh: refresher(parts), redraw: body.redraw, destroy: body.destroy }
  }
  showStatic(view, message, around.words)
  return { key, element, refresh: async () => {}, redraw() {}, destroy() {} }
}

interface Parts {
  view: AskingView
  scope: Values
  body: PanelBody
  inside: HTMLElement
  head: PanelHead
  message: Message
  element: HTMLElement
  words: Words
}

/** Asks, draws, and says what went wrong; what was drawn before stays while it is still of use. */
function refresher({ view, scope, body, inside, head, message, element, words }: Parts) {
  const skipped = unknownTransformations(view.kind, view.transformations)
  const caveat = skipped.length > 0 ? fill(words.unknownSteps, { names: skipped.join(', ') }) : null
  let drawn = false
  return async ({ round, range, scrapeMs, annotations, shared }: Refresh): Promise<void> => {
    try {
      const asking = askingOf(view, range, scope, inside.clientWidth || 600, scrapeMs)
      const [answers, bands] = await Promise.all([ask(view, round, asking), annotations])
      const syncKey = hasOwnTime(view) ? '' : 'board'
      const own = { ...shared, range: asking.range, annotations: bands, syncKey }
      message.clear()
      drawn = body.show({ answers, range: asking.range, stepMs: asking.stepMs, shared: own })
      head.warn(caveat)
      element.dataset.state = drawn ? 'ready' : 'empty'
      if (!drawn) showEmpty(view, message, words)
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') return
      const trouble = troubleOf(error)
      const { headline, hint } = trouble.told(words)
      element.dataset.state = 'trouble'
      if (drawn && trouble.kind !== 'badQuery') head.warn(`${headline}. ${hint}`)
      else message.show(headline, hint, trouble.message)
    }
  }
}

type AskingView = Extract<PanelView, { kind: Exclude<KnownKind, 'text'> }>

const isAsking = (view: PanelView): view is AskingView =>
  view.kind !== 'text' && view.kind !== 'unknown' && view.kind !== 'wrong'

function bodyOf(view: PanelView, making: PanelMaking, scope: Values): PanelBody | null {
  switch (view.kind) {
    case 'timeseries':
      return timeseriesBody(view, making)
    case 'state-timeline':
      return stateTimelineBody(view, making)
    case 'stat':
      return statBody(view, making)
    case 'table':
      return tableBody(view)
    case 'text': {
      const content = interpolate(view.options.content, scope)
      const element = view.options.mode === 'code' ? codeElement(content) : markdownElement(content)
      return { element, show: () => true, redraw() {}, destroy() {} }
    }
    default:
      return null
  }
}

function showStatic(view: PanelView, message: Message, words: Words): void {
  if (view.kind === 'unknown') {
    message.show(fill(words.unknownKind, { kind: view.type }), words.unknownKindHint)
  } else if (view.kind === 'wrong') {
    message.show(words.wrongPanel, words.wrongPanelHint, view.problem)
  }
}

/** A panel may say itself what it means when there is nothing (`noValue`). */
function showEmpty(view: AskingView, message: Message, words: Words): void {
  const { noValue } = view.fieldConfig.defaults
  if (noValue) message.show(noValue, '')
  else message.show(words.noData, words.noDataHint)
}

function troubleOf(error: unknown): Trouble {
  if (error instanceof Trouble) return error
  console.error(error)
  return new Trouble('failed', error instanceof Error ? error.message : String(error))
}

interface Message {
  show(headline: string, hint: string, detail?: string): void
  clear(): void
}

/** Words in place of a panel's content. */
function createMessage(inside: HTMLElement): Message {
  const element = h('div', { class: 'panel-message', role: 'note' })
  return {
    show(headline, hint, detail = '') {
      element.replaceChildren(
        h('strong', {}, headline),
        ...(detail === '' ? [] : [h('code', {}, detail)]),
        ...(hint === '' ? [] : [h('p', {}, hint)]),
      )
      if (!element.isConnected) inside.append(element)
      inside.classList.add('has-message')
    },
    clear() {
      element.remove()
      inside.classList.remove('has-message')
    },
  }
}
