import type uPlot from 'uplot'
import type { Band } from '../model/annotation-bands.ts'
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

/**
 * Annotations behind the lines: a wash, dashed edges, and a strip at the top, one lane a source.
 */
export function drawBands(chart: uPlot, bands: readonly Band[], lanes: string[], look: Look): void {
  const { left, top, width, height } = chart.bbox
  const ratio = devicePixelRatio
  within(chart, (context) => {
    for (const band of bands) {
      const colour = themedColour(band.colour, look.theme)
      const x = chart.valToPos(band.fromMs / 1000, 'x', true)
      const end = chart.valToPos(band.toMs / 1000, 'x', true)
      if (end < left || x > left + width) continue
      const wide = Math.max(end - x, 1)
      const lane = Math.max(lanes.indexOf(band.source), 0)
      // What covers nearly everything says little about a moment: its strip is enough.
      const wash = wide > width * 0.8 ? 0 : look.theme === 'dark' ? 0.13 : 0.09
      if (band.toMs > band.fromMs) fillRect(context, colour, wash, [x, top, wide, height])
      const stripTop = top + lane * (stripPixels + 1) * ratio
      const strip = Math.max(wide, 3 * ratio)
      fillRect(context, colour, 0.9, [x, stripTop, strip, stripPixels * ratio])
      if (wash > 0 || band.toMs === band.fromMs) drawEdges(context, colour, [x, end], top, height)
    }
  })
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
