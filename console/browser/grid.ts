import { interpolate } from '../model/interpolate.ts'
import type { PlacedPanel, PlacedSection } from '../model/repeats.ts'
import type { Words } from '../model/words.ts'
import { h, icon } from './dom.ts'
import type { PanelHandle } from './panel.ts'

export interface GridMaking {
  words: Words
  /** A row stands otherwise than the board's JSON says. */
  isTurned(key: string): boolean
  onTurn(key: string): void
  panelOf(placed: PlacedPanel): PanelHandle
}

/** Rows and panels where the board puts them; panels of closed rows are not made. */
export function createGrid(sections: readonly PlacedSection[], making: GridMaking) {
  const panels: PanelHandle[] = []
  const elements = sections.map(({ row, panels: placed }) => {
    const open = row === null || row.collapsed === making.isTurned(row.key)
    const grid = h('div', { class: 'grid', id: row ? `row-${row.key}` : null })
    if (open) {
      for (const one of placed) {
        const panel = making.panelOf(one)
        position(panel.element, one)
        grid.append(panel.element)
        panels.push(panel)
      }
    }
    return h(
      'div',
      { class: 'section' },
      row ? rowHead(row, open, placed.length, making) : null,
      grid,
    )
  })
  return { elements, panels }
}

/** Grid lines by the CSS object model: a content policy forbids style attributes. */
function position(element: HTMLElement, { at }: PlacedPanel): void {
  for (const [name, value] of Object.entries({ x: at.x, y: at.y, w: at.w, rows: at.h })) {
    element.style.setProperty(`--${name}`, String(value))
  }
}

function rowHead(
  row: NonNullable<PlacedSection['row']>,
  open: boolean,
  count: number,
  { words, onTurn }: GridMaking,
): HTMLElement {
  const button = h(
    'button',
    {
      type: 'button',
      class: 'row-turn',
      'aria-expanded': String(open),
      'aria-controls': `row-${row.key}`,
      title: words.row,
      onclick: () => onTurn(row.key),
    },
    icon('down'),
    interpolate(row.title, row.scope),
    open ? null : h('span', { class: 'soft' }, ` ${count}`),
  )
  return h('div', { class: 'row-head' }, button)
}
