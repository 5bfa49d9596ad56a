import { mapped, seriesColour, type Theme, thresholdColour } from './colours.ts'
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
  series: Series,
  times: readonly number[],
  index: number,
  theme: Theme,
  merge: boolean,
): Stretch[] {
  const stepSeconds = (times[1] ?? 0) - (times[0] ?? 0)
  const stretches: Stretch[] = []
  for (const [at, value] of series.values.entries()) {
    const fromSeconds = times[at] ?? 0
    if (
      value === null ||
      (Number.isNaN(value) && mapped(value, series.settings.mappings).text === undefined)
    ) {
      continue
    }
    const state = stateOf(value, series, index, theme)
    const open = stretches.at(-1)
    const touches = open !== undefined && fromSeconds - open.toSeconds < stepSeconds / 2
    if (merge && touches && open.text === state.text) open.toSeconds = fromSeconds + stepSeconds
    else stretches.push({ fromSeconds, toSeconds: fromSeconds + stepSeconds, ...state })
  }
  return stretches
}

/** How a value reads and looks: its mapping first, then thresholds, then the series' own colour. */
export function stateOf(
  value: number,
  { settings, labels }: Pick<Series, 'settings' | 'labels'>,
  index: number,
  theme: Theme,
): { text: string; colour: string } {
  const { text, color } = mapped(value, settings.mappings)
  const byThreshold = settings.thresholds !== undefined && settings.color?.mode === 'thresholds'
  const colour = color
    ? seriesColour({ color: { mode: 'fixed', fixedColor: color } }, {}, index, theme, value)
    : byThreshold || (settings.thresholds && !settings.color)
      ? thresholdColour(value, settings, theme)
      : seriesColour(settings, labels, index, theme, value)
  return { text: text ?? formatValue(value, settings), colour }
}
