import type uPlot from 'uplot'
import { mix } from '../../model/colours.ts'
import type { Stretch } from '../../model/states.ts'
import type { Look } from '../chart/look.ts'
import { clipped, fillArea, spanPixels } from '../chart/marks.ts'

const nameLengthMax = 28

/** Long names are cut: the tooltip has them whole. */
export const shortName = (name: string): string =>
  name.length > nameLengthMax ? `${name.slice(0, nameLengthMax - 1)}…` : name

/**
 * Draws each series' stretches as bars in rows from the top.
 * @param rowHeight share of a row that its bar fills
 */
export function drawStretches(
  chart: uPlot,
  bars: readonly Stretch[][],
  rowHeight: number,
  look: Look,
): void {
  const { top, height: whole } = chart.bbox
  const pitch = whole / Math.max(bars.length, 1)
  const height = Math.min(pitch * rowHeight, 46 * devicePixelRatio)
  clipped(chart, (context) => {
    bars.forEach((bar, row) => {
      for (const { fromSeconds, toSeconds, colour } of bar) {
        const [from, to] = spanPixels(chart, { from: fromSeconds, to: toSeconds })
        if (to <= from) continue
        const width = Math.max(to - from - devicePixelRatio, devicePixelRatio)
        const fill = mix(colour, look.card, look.theme === 'dark' ? 0.35 : 0.12)
        fillArea(context, fill, 1, [from, top + pitch * (row + 0.5) - height / 2, width, height])
      }
    })
  })
}
