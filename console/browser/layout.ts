import type { Section } from '../model/board-schema.ts'
import { createGrid } from './grid.ts'
import { PanelView } from './panel.ts'
import { languageOf, type Session, wordsOf } from './session.ts'
import { valuesOf } from './variables.ts'

/** Makes rows and panels again when variables, rows or language ask for others than there are. */
export function layOut(session: Session): void {
  const { state, board, main, banner, watcher } = session
  const values = valuesOf(session.resolved)
  const { closedRows, panel: enlarged } = state
  const key = JSON.stringify([[...values], [...closedRows], enlarged, languageOf(session)])
  if (key === session.laidOutFor) return
  session.laidOutFor = key
  for (const panel of session.panels) panel.destroy()
  watcher.disconnect()
  session.seen.clear()
  const isEnlarged = enlarged !== null
  const around = {
    ...{ words: wordsOf(session), values, isEnlarged },
    onEnlarge: (id: number) => session.change({ panel: isEnlarged ? null : String(id) }),
  }
  const sections = isEnlarged ? onlyPanel(board.sections, enlarged) : board.sections
  const grid = createGrid(sections, {
    ...{ words: around.words, values },
    isClosed: (row) => closedRows.has(String(row)),
    onTurn: (row) => session.change({ closedRows: closedRows.symmetricDifference(setOf(row)) }),
    viewOf: (panel) => new PanelView(panel, around),
  })
  const focused = focusedPlace()
  session.panels = grid.views
  main.classList.toggle('single', isEnlarged)
  main.replaceChildren(banner, ...grid.elements)
  if (focused) main.querySelector<HTMLElement>(focused)?.focus()
  for (const { element } of session.panels) watcher.observe(element)
}

const setOf = (row: number) => new Set([String(row)])

/** The button of a row or panel that has the focus, as it is found in the next layout. */
function focusedPlace(): string | null {
  const active = document.activeElement
  const row = active?.getAttribute('aria-controls')
  if (row) return `[aria-controls="${CSS.escape(row)}"]`
  const id = active?.closest('.panel')?.getAttribute('data-id')
  return id ? `[data-id="${CSS.escape(id)}"] .enlarge` : null
}

/** One panel over the whole page; an id that is not there shows the board. */
function onlyPanel(sections: Section[], id: string): Section[] {
  const panel = sections.flatMap(({ panels }) => panels).find((one) => String(one.id) === id)
  if (!panel) return sections
  return [{ row: null, panels: [{ ...panel, gridPos: { x: 0, y: 0, w: 24, h: 20 } }] }]
}
