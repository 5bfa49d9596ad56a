import { laidOut, type PlacedSection } from '../model/repeats.ts'
import { carried } from '../model/url-state.ts'
import { createGrid } from './grid.ts'
import { createPanel } from './panel.ts'
import { languageOf, rawRangeOf, type Session, wordsOf } from './session.ts'
import { valuesOf } from './variables.ts'

/** Makes rows and panels anew when variables, rows or language ask for others than there are. */
export function layOut(session: Session): void {
  const { state, board, main, banner, watcher } = session
  const sections = laidOut(board.sections, valuesOf(session.resolved))
  const shown = state.panel === null ? sections : onlyPanel(sections, state.panel)
  const wanted = layoutKey(session, shown)
  if (wanted === session.laidOutFor) return
  session.laidOutFor = wanted
  for (const panel of session.panels) panel.destroy()
  watcher.disconnect()
  session.seen.clear()
  const around = {
    words: wordsOf(session),
    linkSearch: carried(state, rawRangeOf(session), { time: true, variables: true }),
    enlarged: state.panel !== null,
    onEnlarge: (key: string) =>
      session.change({ panel: session.state.panel === null ? key : null }),
  }
  const grid = createGrid(shown, {
    words: around.words,
    isTurned: (row) => state.turnedRows.has(row),
    onTurn: (row) => session.change({ turnedRows: turned(session.state.turnedRows, row) }),
    panelOf: (placed) => createPanel(placed, around),
  })
  const focused = focusedPlace()
  session.panels = grid.panels
  main.classList.toggle('single', state.panel !== null)
  main.replaceChildren(banner, ...grid.elements)
  if (focused) main.querySelector<HTMLElement>(focused)?.focus()
  for (const { element } of session.panels) watcher.observe(element)
}

/** The button of a row or panel that has the focus, as it is found in the next layout. */
function focusedPlace(): string | null {
  const active = document.activeElement
  const row = active?.getAttribute('aria-controls')
  if (row) return `[aria-controls="${CSS.escape(row)}"]`
  const key = active?.closest('.panel')?.getAttribute('data-key')
  return key ? `[data-key="${CSS.escape(key)}"] .enlarge` : null
}

function layoutKey(session: Session, sections: readonly PlacedSection[]): string {
  const { state } = session
  const scopes = sections.map(({ row, panels }) => {
    return [row?.key, panels.map(({ key, scope }) => [key, ...scope])]
  })
  return JSON.stringify([scopes, [...state.turnedRows], state.panel, languageOf(session)])
}

/** One panel over the whole page; a key that is not there shows the board. */
function onlyPanel(sections: PlacedSection[], key: string): PlacedSection[] {
  const panel = sections.flatMap(({ panels }) => panels).find((one) => one.key === key)
  if (!panel) return sections
  return [{ row: null, panels: [{ ...panel, at: { x: 0, y: 0, w: 24, h: 20 } }] }]
}

function turned(rows: ReadonlySet<string>, row: string): Set<string> {
  const next = new Set(rows)
  if (!next.delete(row)) next.add(row)
  return next
}
