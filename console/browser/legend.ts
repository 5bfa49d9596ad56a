import type { Series } from '../model/frames.ts'
import type { Legend } from '../model/panel-schema.ts'
import { reduced } from '../model/reduce.ts'
import { formatValue } from '../model/units.ts'
import { h } from './dom.ts'
import { swatch } from './tooltip.ts'

const calculationNames: Record<string, string> = {
  last: 'last',
  lastNotNull: 'last',
  mean: 'mean',
  max: 'max',
  min: 'min',
  sum: 'total',
  first: 'first',
  firstNotNull: 'first',
}

export interface LegendEntry {
  series: Series
  colour: string
}

export interface LegendView {
  element: HTMLElement
  /** Shows the entries; hidden series stay hidden by name. */
  show(entries: LegendEntry[]): void
  isVisible(name: string): boolean
}

/**
 * Names and figures of a chart's series. A click shows one series alone (again: all), with Ctrl or
 * Shift it hides or shows one; buttons, so the keyboard can do the same.
 */
export function createLegend(
  options: Legend,
  seriesWord: string,
  onChange: () => void,
): LegendView {
  const element = h('div', { class: `legend ${options.displayMode} ${options.placement}` })
  const hidden = new Set<string>()
  let names: string[] = []
  let shown = ''

  const choose = (name: string, one: boolean) => {
    const alone = names.every((other) => (other === name) !== hidden.has(other))
    if (one) {
      if (!hidden.delete(name)) hidden.add(name)
    } else {
      hidden.clear()
      if (!alone) for (const other of names) if (other !== name) hidden.add(other)
    }
    onChange()
  }
  return {
    element,
    isVisible: (name) => !hidden.has(name),
    show(entries) {
      const listed = entries.filter(({ series }) => !series.settings.custom?.hideFrom?.legend)
      names = listed.map(({ series }) => series.name)
      element.hidden = !options.showLegend || options.displayMode === 'hidden' || names.length === 0
      if (element.hidden) return
      const figures = listed.map(({ series }) => figuresOf(series, options.calcs))
      const described = JSON.stringify([
        names,
        listed.map((one) => one.colour),
        [...hidden],
        figures,
      ])
      // The same legend again would only take the focus away from its buttons.
      if (described === shown) return
      shown = described
      const focused = names.indexOf(element.querySelector<HTMLElement>(':focus')?.title ?? '')
      const draw = options.displayMode === 'table' ? tableOf : listOf
      const button = (entry: LegendEntry) =>
        entryButton(entry, hidden.has(entry.series.name), choose)
      element.replaceChildren(draw(listed, figures, options.calcs, button, seriesWord))
      if (focused >= 0) element.querySelectorAll('button')[focused]?.focus()
    },
  }
}

const figuresOf = ({ values, settings }: Series, calculations: string[]) =>
  calculations.map((name) => formatValue(reduced(values, name), settings))

type ButtonOf = (entry: LegendEntry) => HTMLElement

function listOf(entries: LegendEntry[], figures: string[][], calcs: string[], button: ButtonOf) {
  const items = entries.map((entry, at) => {
    const numbers = figures[at]?.map((figure, which) => {
      return h('span', { class: 'figure', title: calcs[which] ?? '' }, figure)
    })
    return h('li', {}, button(entry), ...(numbers ?? []))
  })
  return h('ul', {}, ...items)
}

function tableOf(
  entries: LegendEntry[],
  figures: string[][],
  calcs: string[],
  button: ButtonOf,
  seriesWord: string,
) {
  const head = calcs.map((name) =>
    h('th', { scope: 'col', class: 'figure' }, calculationNames[name] ?? name),
  )
  const rows = entries.map((entry, at) => {
    const cells = figures[at]?.map((figure) => h('td', { class: 'figure' }, figure)) ?? []
    return h('tr', {}, h('th', { scope: 'row' }, button(entry)), ...cells)
  })
  const first = h('th', { scope: 'col' }, h('span', { class: 'unseen' }, seriesWord))
  return h('table', {}, h('thead', {}, h('tr', {}, first, ...head)), h('tbody', {}, ...rows))
}

function entryButton(
  { series, colour }: LegendEntry,
  off: boolean,
  choose: (name: string, one: boolean) => void,
): HTMLElement {
  const dashed = (series.settings.custom?.lineStyle?.fill ?? 'solid') !== 'solid'
  const onclick = (event: MouseEvent) => {
    choose(series.name, event.ctrlKey || event.metaKey || event.shiftKey)
  }
  return h(
    'button',
    { type: 'button', 'aria-pressed': String(!off), title: series.name, onclick },
    swatch(colour, dashed),
    h('span', { class: 'name' }, series.name),
  )
}
