import type { Section } from './board-schema.ts'
import type { Values, VariableValue } from './interpolate.ts'
import type { GridPosition, PanelView } from './panel-schema.ts'

/**
 * A panel where it stands in its section's grid, with the variables as this copy of it has them.
 */
export interface PlacedPanel {
  view: PanelView
  at: GridPosition
  scope: Values
  /** Distinct within the board, the same at every layout: `12`, `12-after`. */
  key: string
}

export interface PlacedSection {
  row: { key: string; title: string; collapsed: boolean; scope: Values } | null
  panels: PlacedPanel[]
}

const columns = 24
const perRowMax = 4

/** Sections with repeated rows and panels spelled out, and `y` counted from each section's top. */
export function laidOut(sections: readonly Section[], values: Values): PlacedSection[] {
  return sections.flatMap(({ row, panels }) => {
    const top = Math.min(...panels.map(({ gridPos }) => gridPos.y))
    return copiesOf(row?.repeat ?? null, values).map(({ scope, suffix }) => ({
      row: row && {
        key: `${row.id}${suffix}`,
        title: row.title,
        collapsed: row.collapsed,
        scope,
      },
      panels: placed(panels, scope, suffix, top),
    }))
  })
}

interface Copy {
  scope: Values
  suffix: string
}

/** One copy for each chosen value of a variable; without one, the thing itself. */
function copiesOf(variable: string | null | undefined, values: Values): Copy[] {
  const value = variable ? values.get(variable) : undefined
  if (!variable || !value || value.values.length === 0) return [{ scope: values, suffix: '' }]
  return value.values.map((one) => {
    const only: VariableValue = {
      values: [one],
      text: one,
      multiple: value.multiple,
      allValue: null,
    }
    return { scope: new Map([...values, [variable, only]]), suffix: `-${one}` }
  })
}

function placed(panels: readonly PanelView[], scope: Values, suffix: string, top: number) {
  const result: PlacedPanel[] = []
  let pushed = 0
  for (const view of panels.toSorted((a, b) => a.gridPos.y - b.gridPos.y)) {
    const copies = copiesOf('repeat' in view ? view.repeat : null, scope)
    const across = !('repeatDirection' in view) || view.repeatDirection === 'h'
    const perRow = across ? Math.min(copies.length, perRowMax) : 1
    const { x, y, w, h } = view.gridPos
    const width = copies.length > 1 && across ? Math.floor(columns / perRow) : w
    copies.forEach((copy, index) => {
      const at = {
        x: copies.length > 1 && across ? (index % perRow) * width : x,
        y: y - top + pushed + Math.floor(index / perRow) * h,
        w: width,
        h,
      }
      result.push({ view, at, scope: copy.scope, key: `${view.id}${suffix}${copy.suffix}` })
    })
    pushed += (Math.ceil(copies.length / perRow) - 1) * h
  }
  return result
}
