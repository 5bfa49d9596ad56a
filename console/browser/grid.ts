import type { Section } from '../model/board-schema.ts'
import { intoText } from '../model/interpolate.ts'
import type { GridPosition } from '../model/panel-schema.ts'
import { h, icon } from './dom.ts'
import { type PanelSurroundings, PanelView } from './panel.ts'

interface GridSurroundings extends PanelSurroundings {
  isClosed(row: number): boolean
  onTurn(row: number): void
}

/** Rows and panels where the board puts them; panels of closed rows are not made. */
export function createGrid(sections: readonly Section[], around: GridSurroundings) {
  const views: PanelView[] = []
  const elements = sections.map(({ row, panels }) => {
    const isClosed = row !== null && around.isClosed(row.id)
    const grid = h('div', { class: 'grid', id: row ? `row-${row.id}` : null })
    const top = Math.min(...panels.map(({ gridPos }) => gridPos.y))
    for (const panel of isClosed ? [] : panels) {
      const view = new PanelView(panel, around)
      position(view.element, panel.gridPos, top)
      grid.append(view.element)
      views.push(view)
    }
    const head = row ? rowHead(row, isClosed, panels.length, around) : null
    return h('div', { class: 'section' }, head, grid)
  })
  return { elements, views }
}

/** Grid lines by the CSS object model: a content policy forbids style attributes. */
function position(element: HTMLElement, { x, y, w, h: rows }: GridPosition, top: number): void {
  for (const [name, value] of Object.entries({ x, y: y - top, w, rows })) {
    element.style.setProperty(`--${name}`, String(value))
  }
}

function rowHead(
  { id, title }: NonNullable<Section['row']>,
  isClosed: boolean,
  count: number,
  { words, values, onTurn }: GridSurroundings,
): HTMLElement {
  const button = h(
    'button',
    {
      class: 'row-turn',
      'aria-expanded': String(!isClosed),
      'aria-controls': `row-${id}`,
      title: words.row,
      onclick: () => onTurn(id),
    },
    icon('down'),
    intoText(title, values),
    isClosed ? h('span', { class: 'soft' }, ` ${count}`) : null,
  )
  return h('div', { class: 'row-head' }, button)
}

/** One panel over the whole page; an id that is not there shows the board. */
export function onlyPanel(sections: readonly Section[], id: string): readonly Section[] {
  const panel = sections.flatMap(({ panels }) => panels).find((one) => String(one.id) === id)
  if (!panel) return sections
  return [{ row: null, panels: [{ ...panel, gridPos: { x: 0, y: 0, w: 24, h: 20 } }] }]
}
