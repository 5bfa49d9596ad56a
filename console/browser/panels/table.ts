import { mapped, seriesColour, themedColour, thresholdColour } from '../../model/colours.ts'
import { settingsFor } from '../../model/frames.ts'
import type { PanelOf } from '../../model/panel-schema.ts'
import {
  type Cell,
  type Column,
  rowCount,
  sorted,
  type Table,
  tablesOf,
} from '../../model/table.ts'
import { transformed } from '../../model/transformations.ts'
import { formatValue } from '../../model/units.ts'
import { clockText } from '../chart-axes.ts'
import { h } from '../dom.ts'
import { currentLook, type Look } from '../theme.ts'
import type { PanelBody, PanelData } from './panel-body.ts'

type Panel = PanelOf<'table'>

const rowsMax = 500

/** Instant queries as a table; a click on a heading sorts. */
export function tableBody(panel: Panel): PanelBody {
  const element = h('div', { class: 'table-scroll', tabindex: 0, role: 'region' })
  const [own] = panel.options.sortBy
  let order = own ? { by: own.displayName, descending: own.desc } : null
  let last: PanelData | null = null

  const draw = (): boolean => {
    if (!last) return false
    const table = transformed(tablesOf(last.answers), panel.transformations)
    const inOrder = order ? sorted(table, order.by, order.descending) : table
    const onSort = (by: string) => {
      order = { by, descending: order?.by === by ? !order.descending : false }
      draw()
    }
    element.replaceChildren(tableElement(panel, inOrder, order, onSort))
    return rowCount(table) > 0
  }
  return {
    element,
    show: (data) => {
      last = data
      return draw()
    },
    redraw: draw,
    destroy: () => {},
  }
}

type Order = { by: string; descending: boolean } | null

function tableElement(panel: Panel, table: Table, order: Order, onSort: (by: string) => void) {
  const look = currentLook()
  const columns = table.map((column) => {
    const settings = settingsFor(panel.fieldConfig, column)
    return { column, settings, name: settings.displayName ?? column.name }
  })
  const head = columns.map(({ column, name, settings }) => {
    const direction =
      order?.by === column.name ? (order.descending ? 'descending' : 'ascending') : null
    const button = h('button', { type: 'button', onclick: () => onSort(column.name) }, name)
    const cell = h('th', { scope: 'col', class: alignment(column), 'aria-sort': direction }, button)
    if (settings.custom?.width) cell.style.width = `${settings.custom.width}px`
    return cell
  })
  const count = Math.min(rowCount(table), rowsMax)
  const rows = Array.from({ length: count }, (_, at) =>
    h(
      'tr',
      {},
      ...columns.map((one, index) => cellElement(one, one.column.cells[at] ?? null, index, look)),
    ),
  )
  const header = panel.options.showHeader ? h('thead', {}, h('tr', {}, ...head)) : null
  return h('table', { class: 'data' }, header, h('tbody', {}, ...rows))
}

const alignment = ({ kind }: Column) => (kind === 'number' ? 'figure' : '')

interface Styled {
  column: Column
  settings: ReturnType<typeof settingsFor>
}

function cellElement({ column, settings }: Styled, cell: Cell, index: number, look: Look) {
  const mapping = mapped(cell, settings.mappings)
  const element = h(
    'td',
    { class: alignment(column) },
    mapping.text ?? textOf(column, cell, settings),
  )
  const how = settings.custom?.cellOptions?.type ?? 'auto'
  if (!how.startsWith('color-') && !mapping.color) return element
  const colour = mapping.color
    ? themedColour(mapping.color, look.theme)
    : cellColour(column, cell, settings, index, look)
  if (!colour || colour === 'transparent') return element
  element.classList.add(how === 'color-background' ? 'washed' : 'coloured')
  element.style.setProperty('--colour', colour)
  return element
}

function cellColour(
  { kind }: Column,
  cell: Cell,
  settings: Styled['settings'],
  index: number,
  look: Look,
): string | null {
  if (kind !== 'number' || typeof cell !== 'number') return null
  if (settings.color && settings.color.mode !== 'thresholds') {
    return seriesColour(settings, {}, index, look.theme, cell)
  }
  return settings.thresholds ? thresholdColour(cell, settings, look.theme) : null
}

function textOf({ kind }: Column, cell: Cell, settings: Styled['settings']): string {
  if (cell === null) return settings.noValue ?? ''
  if (kind === 'time' && typeof cell === 'number') return clockText(cell / 1000, false)
  return typeof cell === 'number' ? formatValue(cell, settings) : cell
}
