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
import type { ChartLine, LineChart } from './line-chart.ts'

// Runs inside report.html: draws each chart into its figure from the data block of the page.

const heights: Record<LineChart['kind'], number> = { count: 220, 'log-count': 240, latency: 240 }

const isLogarithmic = ({ kind }: LineChart): boolean => kind !== 'count'

function textOf({ kind }: LineChart, value: number | null | undefined): string {
  if (value === null || value === undefined) return ''
  if (kind !== 'latency') return value.toLocaleString('en-US')
  if (value < 1) return `${value} ms`
  return value < 1000 ? `${Math.round(value)} ms` : `${+(value / 1000).toFixed(2)} s`
}

function seriesOf(chart: LineChart, { label, paint, look }: ChartLine): uPlot.Series {
  const colour = paint === 'arm' ? (chart.role ?? 'crowd') : paint
  const isOverTime = chart.xUnit === 's'
  // Areas of several arms would cover one another.
  const isOne = chart.role !== null || look === 'area'
  const isFilled = isOne && look !== 'dashed' && chart.kind === 'count' && isOverTime
  const hasPoints = look !== 'dashed' && (chart.kind === 'latency' || !isOverTime)
  return {
    label,
    stroke: styleValue(`--${colour}`),
    width: look === 'area' ? 1 : 2,
    ...(look === 'dashed' ? { dash: [5, 4] } : {}),
    ...(isFilled ? { fill: styleValue(`--${colour}-wash`) } : {}),
    points: hasPoints ? { size: isOverTime ? 4 : 6 } : { show: false },
    // Arms are tried at rates of their own.
    spanGaps: !isOverTime,
    value: (_, value) => textOf(chart, value),
  }
}

/** Spans lie behind the grid. */
function drawSpans(plot: uPlot, { spans }: LineChart): void {
  const { ctx, bbox } = plot
  const edge = 2 * devicePixelRatio
  for (const span of spans) {
    const [left, right] = spanPixels(plot, span)
    const width = right - left
    fillArea(ctx, styleValue(`--${span.paint}-wash`), 1, [left, bbox.top, width, bbox.height])
    fillArea(ctx, styleValue(`--${span.paint}`), 1, [left, bbox.top - edge, width, edge])
  }
}

/** The end of the crowd and the target lie over the grid and behind the lines. */
function drawLimits(plot: uPlot, { crowdSeconds, target }: LineChart): void {
  const style = { colour: styleValue('--rule-strong'), dash: [3, 3] }
  if (crowdSeconds !== null) drawMoment(plot, crowdSeconds, style)
  if (target) drawLevel(plot, target.value, style)
}

/** Names come last and above the plot, so that no line runs through them. */
function drawNames(plot: uPlot, { spans, crowdSeconds, target }: LineChart, look: Look): void {
  const { ctx, bbox } = plot
  const pixels = (count: number) => count * devicePixelRatio
  const top = bbox.top - pixels(5)
  const right = bbox.left + bbox.width
  ctx.save()
  ctx.font = `${pixels(11)}px ${look.font}`
  ctx.textBaseline = 'bottom'
  ctx.textAlign = 'left'
  // In the first of three rows where the name before it has ended.
  const ends = [0, 0, 0]
  for (const span of spans) {
    const { width } = ctx.measureText(span.name)
    const left = Math.min(spanPixels(plot, span)[0], right - width)
    const row = Math.max(
      0,
      ends.findIndex((end) => end < left),
    )
    ends[row] = left + width + pixels(6)
    ctx.fillStyle = styleValue(`--${span.paint}`)
    ctx.fillText(span.name, left, top + pixels(14) * row)
  }
  ctx.fillStyle = look.soft
  if (crowdSeconds !== null) {
    const width = ctx.measureText('last arrival').width
    const end = plot.valToPos(crowdSeconds, 'x', true) - width / 2
    ctx.fillText('last arrival', Math.min(end, right - width), top)
  }
  if (target) {
    ctx.textAlign = 'right'
    const level = plot.valToPos(target.value, 'y', true)
    ctx.fillText(target.label, right - pixels(4), level - pixels(3))
  }
  ctx.restore()
}

/** 1 and 5 of each power of ten: a logarithmic axis that reads without counting lines. */
function logarithmicTicks([from, to]: LineChart['yRange']): number[] {
  return [-1, 0, 1, 2, 3, 4, 5]
    .flatMap((power) => [10 ** power, 5 * 10 ** power])
    .filter((tick) => tick >= from && tick <= to)
}

const xText = ({ xUnit }: LineChart, x: number) => (xUnit === 's' ? `${x} s` : `${x}/s`)

function axesOf(chart: LineChart, look: Look): uPlot.Axis[] {
  const axis = plainAxis(look)
  return [
    { ...axis, values: (_, ticks) => ticks.map((x) => xText(chart, x)), space: 60, size: 30 },
    {
      ...axis,
      size: 56,
      ...(isLogarithmic(chart) ? { splits: () => logarithmicTicks(chart.yRange) } : {}),
      filter: (_, splits) => splits,
      values: (_, ticks) => ticks.map((tick) => textOf(chart, tick)),
    },
  ]
}

/** A flat box with borders looks like the line that it stands for, dashes included. */
const markersOf = ({ lines }: LineChart): uPlot.Legend.Markers => ({
  width: 1.5,
  fill: () => 'transparent',
  dash: (_, index) => (lines[index - 1]?.look === 'dashed' ? 'dashed' : 'solid'),
})

function optionsOf(chart: LineChart): Omit<uPlot.Options, 'width' | 'height'> {
  const look = currentLook()
  return {
    padding: [24, 14, 0, 0],
    cursor: {
      y: false,
      sync: { key: chart.xUnit },
      drag: { x: false, y: false },
      points: { size: 6 },
    },
    scales: {
      x: { time: false, range: [0, chart.xMax] },
      y: { range: chart.yRange, distr: isLogarithmic(chart) ? 3 : 1 },
    },
    axes: axesOf(chart, look),
    series: [
      { label: 'at', value: (_, x) => (x === null ? '' : xText(chart, x)) },
      ...chart.lines.map((line) => seriesOf(chart, line)),
    ],
    legend: { markers: markersOf(chart) },
    hooks: {
      drawClear: [(plot) => drawSpans(plot, chart)],
      drawAxes: [(plot) => drawLimits(plot, chart)],
      draw: [(plot) => drawNames(plot, chart, look)],
    },
  }
}

function viewOf(chart: LineChart): ChartView[] {
  const host = document.getElementById(chart.id)
  if (!host) return []
  const view = new ChartView(host, heights[chart.kind])
  view.show(() => optionsOf(chart), [chart.x, ...chart.lines.map(({ values }) => values)])
  return [view]
}

const charts: LineChart[] = JSON.parse(document.getElementById('chart-data')?.textContent ?? '[]')
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
