import { mapped, seriesColour, type Theme, valueColour } from './colours.ts'
import type { FieldDefaults } from './field-schema.ts'
import type { Series } from './frames.ts'
import { formatValue } from './units.ts'

/** A stretch of time in which a series had one state. */
export interface Stretch {
  fromSeconds: number
  toSeconds: number
  text: string
  colour: string
}

/** A series' states in order; a state lasts until the next sample. Gaps are left out. */
export function stretchesOf(
  { values, labels }: Series,
  times: readonly number[],
  field: FieldDefaults,
  turn: number,
  theme: Theme,
): Stretch[] {
  const stepSeconds = (times[1] ?? 0) - (times[0] ?? 0)
  const own = seriesColour(null, labels, turn, theme)
  const stretches: Stretch[] = []
  for (const [at, value] of values.entries()) {
    const fromSeconds = times[at] ?? 0
    const state = value === null ? null : stateOf(value, field, own, theme)
    if (!state) continue
    const open = stretches.at(-1)
    const touches = open !== undefined && fromSeconds - open.toSeconds < stepSeconds / 2
    if (touches && open.text === state.text) open.toSeconds = fromSeconds + stepSeconds
    else stretches.push({ fromSeconds, toSeconds: fromSeconds + stepSeconds, ...state })
  }
  return stretches
}

/** How a value reads and looks: its mapping, then thresholds; NaN is a state only by a mapping. */
function stateOf(value: number, field: FieldDefaults, own: string, theme: Theme) {
  const { text } = mapped(value, field.mappings)
  if (Number.isNaN(value) && text === undefined) return null
  return { text: text ?? formatValue(value, field), colour: valueColour(value, field, theme, own) }
}
