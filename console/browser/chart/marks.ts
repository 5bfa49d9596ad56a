import type uPlot from 'uplot'

/** A stretch of the x axis, in its own unit. */
export interface Span {
  from: number
  to: number
}

/** Where a stretch begins and ends in device pixels of the canvas, cut at the plot's edges. */
export function spanPixels(chart: uPlot, { from, to }: Span): [left: number, right: number] {
  const { left, width } = chart.bbox
  const at = (value: number) =>
    Math.min(Math.max(chart.valToPos(value, 'x', true), left), left + width)
  return [at(from), at(to)]
}

/** Draws and puts the context's state back; nothing shows outside the area, in device pixels. */
export function clipped(
  chart: uPlot,
  draw: (context: CanvasRenderingContext2D) => void,
  area: { left: number; top: number; width: number; height: number } = chart.bbox,
): void {
  const { ctx } = chart
  ctx.save()
  ctx.beginPath()
  ctx.rect(area.left, area.top, area.width, area.height)
  ctx.clip()
  draw(ctx)
  ctx.restore()
}

/** How a line over the whole plot is drawn; lengths in CSS pixels. */
export interface LineStyle {
  colour: string
  alpha?: number
  dash?: readonly number[]
}

/** A line from top to bottom at a value of the x axis. */
export function drawMoment(chart: uPlot, value: number, style: LineStyle): void {
  const x = Math.round(chart.valToPos(value, 'x', true)) + 0.5
  const { top, height } = chart.bbox
  strokeLine(chart.ctx, [x, top], [x, top + height], style)
}

/** A line from left to right at a value of the y axis. */
export function drawLevel(chart: uPlot, value: number, style: LineStyle): void {
  const y = Math.round(chart.valToPos(value, 'y', true)) + 0.5
  const { left, width } = chart.bbox
  strokeLine(chart.ctx, [left, y], [left + width, y], style)
}

function strokeLine(
  context: CanvasRenderingContext2D,
  from: [number, number],
  to: [number, number],
  { colour, alpha = 1, dash = [] }: LineStyle,
): void {
  context.save()
  context.globalAlpha = alpha
  context.strokeStyle = colour
  context.lineWidth = devicePixelRatio
  context.setLineDash(dash.map((length) => length * devicePixelRatio))
  context.beginPath()
  context.moveTo(...from)
  context.lineTo(...to)
  context.stroke()
  context.restore()
}

/** Fills a rectangle given in device pixels. */
export function fillArea(
  context: CanvasRenderingContext2D,
  colour: string,
  alpha: number,
  [x, y, width, height]: [x: number, y: number, width: number, height: number],
): void {
  context.save()
  context.globalAlpha = alpha
  context.fillStyle = colour
  context.fillRect(x, y, width, height)
  context.restore()
}
