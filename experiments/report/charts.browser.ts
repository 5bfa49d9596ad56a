import type uPlot from 'uplot'
import { plainAxis } from '../../console/browser/chart/axes.ts'
import {
  currentLook,
  type Look,
  setTheme,
  styleValue,
  whenSystemTurns,
} from '../../console/browser/chart/look.ts'
import { drawLevel, drawMoment, fillArea, spanPixels } from '../../console/browser/chart/marks.ts'
import { ChartView } from '../../console/browser/chart/view.ts'
import type { ChartLine, TimeChart } from './time-chart.ts'

// Runs inside report.html: draws each chart into its figure from the data block of the page.

const heights: Record<TimeChart['kind'], number> = { count: 220, latency: 240 }

function textOf({ kind }: TimeChart, value: number | null | undefined): string {
  if (value === null || value === undefined) return ''
  if (kind === 'count') return value.toLocaleString('en-US')
  if (value < 1) return `${value} ms`
  return value < 1000 ? `${Math.round(value)} ms` : `${+(value / 1000).toFixed(2)} s`
}

function seriesOf(chart: TimeChart, { label, paint, look }: ChartLine): uPlot.Series {
  const colour = paint === 'arm' ? chart.role : paint
  const isFilled = look !== 'dashed' && chart.kind === 'count'
  return {
    label,
    stroke: styleValue(`--${colour}`),
    width: look === 'area' ? 1 : 2,
    ...(look === 'dashed' ? { dash: [5, 4] } : {}),
    ...(isFilled ? { fill: styleValue(`--${colour}-wash`) } : {}),
    points: chart.kind === 'latency' ? { size: 4 } : { show: false },
    value: (_, value) => textOf(chart, value),
  }
}

const spanOf = (plot: uPlot, fault: TimeChart['faults'][number]) =>
  spanPixels(plot, { from: fault.fromSeconds, to: fault.toSeconds })

/** Fault windows lie behind the grid. */
function drawFaults(plot: uPlot, { faults }: TimeChart): void {
  const { ctx, bbox } = plot
  const edge = 2 * devicePixelRatio
  for (const fault of faults) {
    const [left, right] = spanOf(plot, fault)
    const width = right - left
    fillArea(ctx, styleValue('--fault-wash'), 1, [left, bbox.top, width, bbox.height])
    fillArea(ctx, styleValue('--fault'), 1, [left, bbox.top - edge, width, edge])
  }
}

/** The end of the crowd and the target lie over the grid and behind the lines. */
function drawLimits(plot: uPlot, { crowdSeconds, target }: TimeChart): void {
  const style = { colour: styleValue('--rule-strong'), dash: [3, 3] }
  drawMoment(plot, crowdSeconds, style)
  if (target) drawLevel(plot, target.value, style)
}

/** Names come last and above the plot, so that no line runs through them. */
function drawNames(plot: uPlot, { faults, crowdSeconds, target }: TimeChart, look: Look): void {
  const { ctx, bbox } = plot
  const pixels = (count: number) => count * devicePixelRatio
  const top = bbox.top - pixels(5)
  const right = bbox.left + bbox.width
  ctx.save()
  ctx.font = `${pixels(11)}px ${look.font}`
  ctx.textBaseline = 'bottom'
  ctx.textAlign = 'left'
  ctx.fillStyle = styleValue('--fault')
  for (const [index, fault] of faults.entries()) {
    ctx.fillText(fault.name, spanOf(plot, fault)[0], top + pixels(14) * (index % 3))
  }
  ctx.fillStyle = look.soft
  const width = ctx.measureText('last arrival').width
  const end = plot.valToPos(crowdSeconds, 'x', true) - width / 2
  ctx.fillText('last arrival', Math.min(end, right - width), top)
  if (target) {
    ctx.textAlign = 'right'
    const level = plot.valToPos(target.value, 'y', true)
    ctx.fillText(target.label, right - pixels(4), level - pixels(3))
  }
  ctx.restore()
}

/** 1 and 5 of each power of ten: a logarithmic axis that reads without counting lines. */
function latencyTicks([from, to]: TimeChart['yRange']): number[] {
  return [-1, 0, 1, 2, 3, 4, 5]
    .flatMap((power) => [10 ** power, 5 * 10 ** power])
    .filter((tick) => tick >= from && tick <= to)
}

function axesOf(chart: TimeChart, look: Look): uPlot.Axis[] {
  const axis = plainAxis(look)
  return [
    { ...axis, values: (_, ticks) => ticks.map((tick) => `${tick} s`), space: 60, size: 30 },
    {
      ...axis,
      size: 56,
      ...(chart.kind === 'latency' ? { splits: () => latencyTicks(chart.yRange) } : {}),
      filter: (_, splits) => splits,
      values: (_, ticks) => ticks.map((tick) => textOf(chart, tick)),
    },
  ]
}

/** A flat box with borders looks like the line that it stands for, dashes included. */
const markersOf = ({ lines }: TimeChart): uPlot.Legend.Markers => ({
  width: 1.5,
  fill: () => 'transparent',
  dash: (_, index) => (lines[index - 1]?.look === 'dashed' ? 'dashed' : 'solid'),
})

function optionsOf(chart: TimeChart): Omit<uPlot.Options, 'width' | 'height'> {
  const look = currentLook()
  return {
    padding: [24, 14, 0, 0],
    cursor: {
      y: false,
      sync: { key: 'second' },
      drag: { x: false, y: false },
      points: { size: 6 },
    },
    scales: {
      x: { time: false, range: [0, chart.xMax] },
      y: { range: chart.yRange, distr: chart.kind === 'latency' ? 3 : 1 },
    },
    axes: axesOf(chart, look),
    series: [
      { label: 'at', value: (_, second) => (second === null ? '' : `${second} s`) },
      ...chart.lines.map((line) => seriesOf(chart, line)),
    ],
    legend: { markers: markersOf(chart) },
    hooks: {
      drawClear: [(plot) => drawFaults(plot, chart)],
      drawAxes: [(plot) => drawLimits(plot, chart)],
      draw: [(plot) => drawNames(plot, chart, look)],
    },
  }
}

function viewOf(chart: TimeChart): ChartView[] {
  const host = document.getElementById(chart.id)
  if (!host) return []
  const view = new ChartView(host, heights[chart.kind])
  view.show(() => optionsOf(chart), [chart.seconds, ...chart.lines.map(({ values }) => values)])
  return [view]
}

const charts: TimeChart[] = JSON.parse(document.getElementById('chart-data')?.textContent ?? '[]')
const views = charts.flatMap(viewOf)

const redraw = () => {
  for (const view of views) view.redraw()
}
whenSystemTurns(redraw)
// Paper is white: print in the light palette whatever the screen shows.
addEventListener('beforeprint', () => {
  setTheme('light')
  redraw()
})
addEventListener('afterprint', () => {
  setTheme(null)
  redraw()
})
