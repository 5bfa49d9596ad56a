import type { Band } from '../model/annotation-bands.ts'
import { intoText, type Values } from '../model/interpolate.ts'
import type { AskingPanel, Panel } from '../model/panel-schema.ts'
import type { Words } from '../model/words.ts'
import { h } from './dom.ts'
import { PanelHead } from './panel-head.ts'
import type { PanelBody, PanelContext } from './panels/panel-body.ts'
import { StatBody } from './panels/stat.ts'
import { StateTimelineBody } from './panels/state-timeline.ts'
import { TableBody } from './panels/table.ts'
import { proseElement } from './panels/text.ts'
import { TimeseriesBody } from './panels/timeseries.ts'
import { type Asked, ask } from './questions.ts'
import { questionFailure } from './request-error.ts'
import type { ChartShared } from './time-chart.ts'

/** One refresh of the board, as all its panels see it. */
export interface Refresh extends Asked {
  annotations: Promise<Band[]>
  shared: Omit<ChartShared, 'range' | 'annotations'>
}

export interface PanelSurroundings {
  words: Words
  /** The variables as they are in titles and texts. */
  values: Values
  /** Shows the panel alone on the page, or the whole board again. */
  onEnlarge(id: number): void
  isEnlarged: boolean
}

/** A panel of any kind in its frame. */
export class PanelView {
  readonly element: HTMLElement
  readonly #panel: Panel
  readonly #words: Words
  readonly #head: PanelHead
  readonly #message = h('div', { class: 'panel-message', role: 'note' })
  readonly #inside = h('div', { class: 'panel-body' })
  readonly #body: PanelBody | null
  #isDrawn = false

  constructor(panel: Panel, around: PanelSurroundings) {
    const { id, type, description } = panel
    const { words, values } = around
    const title = intoText(panel.title, values)
    this.#panel = panel
    this.#words = words
    this.#head = new PanelHead({ id, title, description: intoText(description, values) }, around)
    this.#body = bodyOf(panel, { title, words })
    const label = title === '' ? { 'aria-label': type } : { 'aria-labelledby': `title-${id}` }
    const state = this.#body ? 'waiting' : 'ready'
    this.element = h(
      'section',
      { ...label, class: `panel kind-${type}`, 'data-id': id, 'data-state': state },
      this.#head.element,
      this.#inside,
    )
    if (this.#body) this.#inside.append(this.#body.element)
    if (panel.type === 'refused') {
      this.#say(words.refusedPanel, words.refusedPanelHint, panel.flaws)
    } else if (panel.type === 'text') {
      this.#inside.append(proseElement(intoText(panel.options.content, values)))
    }
  }

  /** Asks and draws; never throws: what goes wrong stands in the panel. */
  async refresh(refresh: Refresh): Promise<void> {
    const panel = this.#panel
    const body = this.#body
    if (!body || panel.type === 'text' || panel.type === 'refused') return
    const { annotations, shared } = refresh
    try {
      const widthPixels = this.#inside.clientWidth || 600
      const [answers, bands] = await Promise.all([ask(panel, refresh, widthPixels), annotations])
      const own = { ...shared, range: answers.range, annotations: bands }
      this.#message.remove()
      this.#head.warn(null)
      this.#isDrawn = body.show({ ...answers, shared: own })
      this.element.dataset.state = this.#isDrawn ? 'ready' : 'empty'
      if (!this.#isDrawn) this.#showEmpty(panel)
    } catch (error) {
      if (!(error instanceof DOMException && error.name === 'AbortError')) this.#showError(error)
    }
  }

  /** Draws what is there in the colours of now. */
  redraw(): void {
    this.#body?.redraw()
  }

  destroy(): void {
    this.#body?.destroy()
  }

  /** Words in place of the panel's content. @param details each on a line, as a program wrote it */
  #say(headline: string, hint: string, details: readonly string[] = []): void {
    this.#message.replaceChildren(
      h('strong', {}, headline),
      ...details.map((detail) => h('code', {}, detail)),
      ...(hint === '' ? [] : [h('p', {}, hint)]),
    )
    this.#inside.append(this.#message)
  }

  /** A panel may say itself what it means when there is nothing (`noValue`). */
  #showEmpty({ fieldConfig: { defaults } }: AskingPanel): void {
    const { noData, noDataHint } = this.#words
    if (defaults.noValue) this.#say(defaults.noValue, '')
    else this.#say(noData, noDataHint)
  }

  /** What was drawn before stays while it is still of use. */
  #showError(thrown: unknown): void {
    const { kind, headline, hint, detail } = questionFailure(thrown, this.#words)
    this.element.dataset.state = 'failed'
    if (this.#isDrawn && kind !== 'badQuery') this.#head.warn(`${headline}. ${hint}`)
    else this.#say(headline, hint, [detail])
  }
}

function bodyOf(panel: Panel, context: PanelContext): PanelBody | null {
  switch (panel.type) {
    case 'timeseries':
      return new TimeseriesBody(panel, context)
    case 'state-timeline':
      return new StateTimelineBody(panel, context)
    case 'stat':
      return new StatBody(panel, context)
    case 'table':
      return new TableBody(panel)
    default:
      return null
  }
}
