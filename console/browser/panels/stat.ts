import { mapped, themedColour, valueColour } from '../../model/colours.ts'
import { frameOf, lastValue, type Series } from '../../model/frames.ts'
import type { PanelOf } from '../../model/panel-schema.ts'
import { formatValue, splitValue } from '../../model/units.ts'
import { currentLook } from '../chart/look.ts'
import { h } from '../dom.ts'
import { PanelBody, type PanelContext, type PanelData } from './panel-body.ts'

/** Large figures, one a series: its last value. */
export class StatBody extends PanelBody {
  readonly element = h('div', { class: 'stats' })
  readonly #panel: PanelOf<'stat'>
  readonly #title: string

  constructor(panel: PanelOf<'stat'>, { title }: PanelContext) {
    super()
    this.#panel = panel
    this.#title = title
  }

  protected draw({ answers, range, stepMs }: PanelData): boolean {
    const { series } = frameOf(answers, range, stepMs)
    const figures = series.map((one) => this.#figureOf(one))
    const tiles = series.map(({ name }, at) => {
      const { number = '', suffix = '', colour = '' } = figures[at] ?? {}
      const isTitle = series.length === 1 && name === this.#title
      const unit = suffix === '' ? null : h('span', { class: 'stat-unit' }, suffix)
      const tile = h(
        'div',
        { class: 'stat', role: 'group', 'aria-label': name || this.#title },
        isTitle ? null : h('div', { class: 'stat-name' }, name),
        h('div', { class: 'stat-figure' }, number, unit),
      )
      tile.style.setProperty('--colour', colour)
      return tile
    })
    this.element.replaceChildren(...tiles)
    // All figures of a panel are of one size: that of the longest.
    const lengths = figures.map(({ number, suffix }) => number.length + suffix.length * 0.5)
    this.element.style.setProperty('--characters', String(Math.max(4, ...lengths)))
    return tiles.length > 0
  }

  #figureOf(series: Series): { number: string; suffix: string; colour: string } {
    const { defaults } = this.#panel.fieldConfig
    const { theme } = currentLook()
    const value = lastValue(series)
    const { text } = mapped(value, defaults.mappings)
    const colour = valueColour(value, defaults, theme, themedColour('text', theme))
    if (text !== undefined) return { number: text, suffix: '', colour }
    const plain = value === null && defaults.noValue ? defaults.noValue : null
    return { ...splitValue(plain ?? formatValue(value, defaults)), colour }
  }
}
