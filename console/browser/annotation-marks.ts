import type uPlot from 'uplot'
import { type Band, unitedBySource } from '../model/annotation-bands.ts'
import { themedColour } from '../model/colours.ts'
import type { Look } from './chart/look.ts'
import { clipped, drawMoment, fillArea } from './chart/marks.ts'

const stripPixels = 3

/** Room above the plot for one lane a source of annotations, in CSS pixels. */
export const lanesHeight = (lanes: readonly string[]): number => lanes.length * (stripPixels + 1)

/** Annotations behind the lines: a wash with dashed edges; above the plot a strip in its lane. */
export function drawBands(
  chart: uPlot,
  bands: readonly Band[],
  lanes: readonly string[],
  look: Look,
): void {
  const { left, top, width, height } = chart.bbox
  const ratio = devicePixelRatio
  const wash = look.theme === 'dark' ? 0.12 : 0.075
  const lastEdges = new Map<string, number>()
  const drawBand = (context: CanvasRenderingContext2D, band: Band) => {
    const colour = themedColour(band.colour, look.theme)
    const x = chart.valToPos(band.fromMs / 1000, 'x', true)
    const end = chart.valToPos(band.toMs / 1000, 'x', true)
    if (end < left || x > left + width) return
    const lane = lanes.length - Math.max(lanes.indexOf(band.source), 0)
    const strip = top - lane * (stripPixels + 1) * ratio
    fillArea(context, colour, 0.9, [x, strip, Math.max(end - x, 3 * ratio), stripPixels * ratio])
    // What covers nearly everything says little about a moment: its strip is enough.
    if (end - x > width * 0.8) return
    if (end > x) fillArea(context, colour, wash, [x, top, end - x, height])
    // Where one thing follows another at once, one line between them is enough.
    const isClose = Math.abs(x - (lastEdges.get(band.source) ?? -Infinity)) < 6 * ratio
    for (const ms of new Set(isClose ? [band.toMs] : [band.fromMs, band.toMs])) {
      drawMoment(chart, ms / 1000, { colour, alpha: 0.65, dash: [3, 3] })
    }
    lastEdges.set(band.source, end)
  }
  const withLanes = { left, top: 0, width, height: top + height }
  clipped(
    chart,
    (context) => {
      for (const band of unitedBySource(bands)) drawBand(context, band)
    },
    withLanes,
  )
}
