import type { PanelOf } from './panel-schema.ts'

export interface LineStyle {
  /** A colour of the JSON; null takes the next one of the palette. */
  color: string | null
  /** In CSS pixels. */
  width: number
  /** Lengths of dashes and gaps; empty = solid. */
  dash: number[]
}

type FieldConfig = PanelOf<'timeseries'>['fieldConfig']

/** How the series of a query are drawn: the panel's own way under every override of the query. */
export function lineStyleOf({ defaults, overrides }: FieldConfig, refId: string): LineStyle {
  const style: LineStyle = { color: null, width: defaults.custom.lineWidth, dash: [] }
  for (const { matcher, properties } of overrides) {
    if (matcher.options !== refId) continue
    for (const { id, value } of properties) {
      if (id === 'color') style.color = value.fixedColor
      else if (id === 'custom.lineWidth') style.width = value
      else style.dash = value.fill === 'dash' ? value.dash : []
    }
  }
  return style
}
