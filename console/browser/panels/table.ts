import { clockText } from '../../model/clock.ts'
import { mapped, valueColour } from '../../model/colours.ts'
import type { PanelOf } from '../../model/panel-schema.ts'
import {
  type Cell,
  type Column,
  organized,
  rowCount,
  sorted,
  type Table,
  tableOf,
} from '../../model/table.ts'
import { formatValue } from '../../model/units.ts'
import { currentLook } from '../chart/look.ts'
import { h } from '../dom.ts'
import { PanelBody, type PanelData } from './panel-body.ts'

const rowsMax = 500

/** An instant query as a table; a click on a heading sorts. */
export class TableBody extends PanelBody {
  readonly element = h('div', { class: 'table-scroll', tabindex: 0, role: 'region' })
  readonly #panel: PanelOf<'table'>
  #order: { by: string; isDescending: boolean } | null = null

  constructor(panel: PanelOf<'table'>) {
    super()
    this.#panel = panel
  }

  protected draw({ answers: [answer] }: PanelData): boolean {
    if (!answer) return false
    const table = organized(tableOf(answer), this.#panel.transformations)
    const order = this.#order
    const rows = order ? sorted(table, order.by, order.isDescending) : table
    this.element.replaceChildren(
      h('table', { class: 'data' }, h('thead', {}, this.#head(table)), this.#body(rows)),
    )
    return rowCount(table) > 0
  }

  #head(table: Table): HTMLElement {
    const cells = table.map(({ name, kind }) => {
      const isBy = this.#order?.by === name
      const direction = this.#order?.isDescending ? 'descending' : 'ascending'
      const onclick = () => this.#sortBy(name)
      const attributes = { scope: 'col', class: kind, 'aria-sort': isBy ? direction : null }
      return h('th', attributes, h('button', { onclick }, name))
    })
    return h('tr', {}, ...cells)
  }

  #sortBy(by: string): void {
    const isDescending = this.#order?.by === by && !this.#order.isDescending
    this.#order = { by, isDescending }
    this.redraw()
  }

  #body(table: Table): HTMLElement {
    const rows = Array.from({ length: Math.min(rowCount(table), rowsMax) }, (_, at) =>
      h('tr', {}, ...table.map((column) => this.#cell(column, column.cells[at] ?? null))),
    )
    return h('tbody', {}, ...rows)
  }

  #cell({ kind }: Column, cell: Cell): HTMLElement {
    const { defaults } = this.#panel.fieldConfig
    const { text, color } = mapped(cell, defaults.mappings)
    const element = h('td', { class: kind }, text ?? this.#textOf(kind, cell))
    const isMeasured = kind === 'number' && typeof cell === 'number'
    const colour = color || isMeasured ? valueColour(cell, defaults, currentLook().theme, '') : ''
    if (colour === '') return element
    element.classList.add('coloured')
    element.style.setProperty('--colour', colour)
    return element
  }

  #textOf(kind: Column['kind'], cell: Cell): string {
    const { defaults } = this.#panel.fieldConfig
    if (cell === null) return defaults.noValue
    if (kind === 'time' && typeof cell === 'number') return clockText(cell / 1000)
    return typeof cell === 'number' ? formatValue(cell, defaults) : cell
  }
}
