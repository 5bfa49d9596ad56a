import type uPlot from 'uplot'
import { type Band, unitedBySource } from '../model/annotation-bands.ts'
import { themedColour, thresholdSteps } from '../model/colours.ts'
import type { FieldSettings } from '../model/field-schema.ts'
import type { Look } from './theme.ts'

const stripPixels = 3

/** Draws with the plot's area as clip, in device pixels. */
function within(chart: uPlot, draw: (context: CanvasRenderingContext2D) => void): void {
  const { ctx, bbox } = chart
  ctx.save()
  ctx.beginPath()
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height)
  ctx.clip()
  draw(ctx)
  ctx.restore()
}

const fillRect = (
  context: CanvasRenderingContext2D,
  colour: string,
  alpha: number,
  place: [x: number, y: number, width: number, height: number],
) => {
  context.globalAlpha = alpha
  context.fillStyle = colour
  context.fillRect(...place)
}

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
  const { ctx } = chart
  const ratio = devicePixelRatio
  const edges = new Map<string, number>()
  ctx.save()
  ctx.beginPath()
  ctx.rect(left, 0, width, top + height)
  ctx.clip()
  for (const band of unitedBySource(bands)) {
    const colour = themedColour(band.colour, look.theme)
    const x = chart.valToPos(band.fromMs / 1000, 'x', true)
    const end = chart.valToPos(band.toMs / 1000, 'x', true)
    if (end < left || x > left + width) continue
    const lane = lanes.length - Math.max(lanes.indexOf(band.source), 0)
    const stripTop = top - lane * (stripPixels + 1) * ratio
    const strip = Math.max(end - x, 3 * ratio)
    fillRect(ctx, colour, 0.9, [x, stripTop, strip, stripPixels * ratio])
    // What covers nearly everything says little about a moment: its strip is enough.
    if (end - x > width * 0.8) continue
    const wash = look.theme === 'dark' ? 0.12 : 0.075
    if (band.toMs > band.fromMs) fillRect(ctx, colour, wash, [x, top, end - x, height])
    // Where one thing follows another at once, one line between them is enough.
    const close = Math.abs(x - (edges.get(band.source) ?? -Infinity)) < 6 * ratio
    drawEdges(ctx, colour, close ? [end] : [x, end], top, height)
    edges.set(band.source, end)
  }
  ctx.restore()
}

function drawEdges(
  context: CanvasRenderingContext2D,
  colour: string,
  edges: number[],
  top: number,
  height: number,
): void {
  context.globalAlpha = 0.65
  context.strokeStyle = colour
  context.lineWidth = devicePixelRatio
  context.setLineDash([3 * devicePixelRatio, 3 * devicePixelRatio])
  for (const x of new Set(edges.map((edge) => Math.round(edge) + 0.5))) {
    context.beginPath()
    context.moveTo(x, top)
    context.lineTo(x, top + height)
    context.stroke()
  }
  context.setLineDash([])
}

/** Threshold areas, behind everything. */
export function drawThresholdAreas(chart: uPlot, settings: FieldSettings, look: Look): void {
  const mode = settings.custom?.thresholdsStyle?.mode ?? 'off'
  if (!mode.includes('area') || !settings.thresholds) return
  const steps = thresholdSteps(settings.thresholds, settings)
  const { left, top, width, height } = chart.bbox
  within(chart, (context) => {
    steps.forEach(({ value, color }, index) => {
      const ceiling = steps[index + 1]?.value
      const upper = ceiling === undefined ? top : chart.valToPos(ceiling, 'y', true)
      const lower = value === -Infinity ? top + height : chart.valToPos(value, 'y', true)
      const colour = themedColour(color, look.theme)
      if (colour === 'transparent') return
      fillRect(context, colour, 0.07, [left, upper, width, lower - upper])
    })
  })
}

/** Threshold lines, over the data. */
export function drawThresholdLines(chart: uPlot, settings: FieldSettings, look: Look): void {
  const mode = settings.custom?.thresholdsStyle?.mode ?? 'off'
  if (!/line|dashed/.test(mode) || !settings.thresholds) return
  const { left, width } = chart.bbox
  within(chart, (context) => {
    for (const { value, color } of thresholdSteps(settings.thresholds ?? noSteps, settings)) {
      const colour = themedColour(color, look.theme)
      if (value === -Infinity || colour === 'transparent') continue
      const y = Math.round(chart.valToPos(value, 'y', true)) + 0.5
      context.globalAlpha = 0.75
      context.strokeStyle = colour
      context.lineWidth = devicePixelRatio
      if (mode.includes('dashed')) context.setLineDash([6 * devicePixelRatio, 4 * devicePixelRatio])
      context.beginPath()
      context.moveTo(left, y)
      context.lineTo(left + width, y)
      context.stroke()
    }
  })
}

const noSteps = { mode: 'absolute' as const, steps: [] }
