import uPlot from 'uplot'
import { seriesColour, turnsOf } from '../../model/colours.ts'
import { type Frame, frameOf, type Series } from '../../model/frames.ts'
import type { PanelOf } from '../../model/panel-schema.ts'
import { reduced } from '../../model/reduce.ts'
import { type Drawn, stacked } from '../../model/stacking.ts'
import { formatValue } from '../../model/units.ts'
import { chartHost, createChart, type Plot } from '../chart.ts'
import { valueAxis, valueScale } from '../chart-axes.ts'
import { drawThresholdAreas, drawThresholdLines } from '../chart-marks.ts'
import { h } from '../dom.ts'
import { createLegend, type LegendEntry } from '../legend.ts'
import { currentLook, type Look } from '../theme.ts'
import type { TooltipRow } from '../tooltip.ts'
import type { PanelBody, PanelData, PanelMaking } from './panel-body.ts'

type Panel = PanelOf<'timeseries'>

/** Lines, areas, bars or points over time. */
export function timeseriesBody(panel: Panel, { title, words }: PanelMaking): PanelBody {
  const host = chartHost()
  const chart = createChart(host, title, words.chartKeys)
  const legend = createLegend(panel.options.legend, words.series, () => draw())
  const { placement } = panel.options.legend
  const element = h('div', { class: `with-legend ${placement}` }, host, legend.element)
  let last: PanelData | null = null

  const draw = (): boolean => {
    if (!last) return false
    const { answers, range, stepMs, shared } = last
    const look = currentLook()
    const frame = frameOf(answers, panel.fieldConfig, range, stepMs)
    const drawn = frame.series.filter(({ settings }) => !settings.custom?.hideFrom?.viz)
    const entries = colouredBy(drawn, look)
    legend.show(entries)
    const visible = entries.filter(({ series }) => legend.isVisible(series.name))
    chart.show(plotOf(panel, { ...frame, series: drawn }, visible, look), shared)
    return drawn.some(({ values }) => values.some((value) => value !== null))
  }
  return {
    element,
    show: (data) => {
      last = data
      return draw()
    },
    redraw: () => {
      draw()
      chart.redraw()
    },
    destroy: chart.destroy,
  }
}

function colouredBy(series: readonly Series[], look: Look): LegendEntry[] {
  const turns = turnsOf(series.map(({ labels }) => labels.arm ?? ''))
  return series.map((one, at) => ({ series: one, colour: colourOf(one, turns[at] ?? 0, look) }))
}

const colourOf = ({ settings, labels, values }: Series, index: number, look: Look) =>
  seriesColour(settings, labels, index, look.theme, reduced(values, 'lastNotNull'))

function plotOf(panel: Panel, frame: Frame, entries: LegendEntry[], look: Look): Plot {
  const drawn = stacked(entries.map(({ series }) => series))
  const scales = scalesOf(entries)
  const scaleOf = ({ settings }: Series) => scales.find(({ unit }) => unit === unitOf(settings))
  const lines = entries.map((entry) => lineOf(entry, scaleOf(entry.series)?.name ?? 'y'))
  const bands = drawn.flatMap(({ below }, index) => {
    const entry = entries[index]
    if (below === null || !entry) return []
    return [{ series: [index + 1, below + 1] as [number, number], fill: fillOf(entry) }]
  })
  const settings = scales[0]?.settings ?? panel.fieldConfig.defaults
  return {
    key: JSON.stringify([lines, look, scales, bands.map(({ series }) => series)]),
    data: [frame.times, ...drawn.map(({ values }) => values)],
    series: lines.map((line, index) => ({
      ...line,
      // In a stack the band under the line is filled, not the way down to zero.
      ...(drawn[index]?.below === null ? {} : { fill: 'transparent' }),
      ...pathsOf(entries[index]?.series),
    })),
    axes: scales.map(({ name, settings: own }) => valueAxis(name, own, look)),
    scales: Object.fromEntries(scales.map(({ name, settings: own }) => [name, valueScale(own)])),
    bands,
    behind: (chart) => drawThresholdAreas(chart, settings, look),
    over: (chart) => drawThresholdLines(chart, settings, look),
    rowsAt: (chart, index, y) => rowsAt(panel, entries, drawn, chart, index, y),
  }
}

const unitOf = ({ unit = '', custom }: Series['settings']) =>
  `${unit} ${custom?.axisPlacement === 'right' ? 'right' : ''}`

/** One scale a unit: the first at the left, the next at the right. */
function scalesOf(entries: LegendEntry[]) {
  const scales: { name: string; unit: string; settings: Series['settings'] }[] = []
  for (const { series } of entries) {
    const unit = unitOf(series.settings)
    if (scales.some((scale) => scale.unit === unit)) continue
    const name = scales.length === 0 ? 'y' : `y${scales.length + 1}`
    scales.push({ name, unit, settings: series.settings })
  }
  return scales
}

const alpha = (percent: number) =>
  Math.round(Math.min(Math.max(percent, 0), 100) * 2.55)
    .toString(16)
    .padStart(2, '0')

const fillOf = ({ series, colour }: LegendEntry) =>
  `${colour}${alpha(series.settings.custom?.fillOpacity ?? 0)}`

function lineOf(entry: LegendEntry, scale: string): uPlot.Series {
  const { series, colour } = entry
  const custom = series.settings.custom ?? {}
  const dash = custom.lineStyle?.dash ?? [6, 5]
  const dashed = custom.lineStyle?.fill === 'dash' || custom.lineStyle?.fill === 'dot'
  return {
    label: series.name,
    scale,
    stroke: colour,
    width: custom.drawStyle === 'points' ? 0 : (custom.lineWidth ?? 1.5),
    fill: fillOf(entry),
    spanGaps: custom.spanNulls === true,
    ...(dashed ? { dash } : {}),
  }
}

/** How the line goes from point to point, and which points are dots. */
function pathsOf(series: Series | undefined): Partial<uPlot.Series> {
  const { drawStyle, lineInterpolation, showPoints = 'auto' } = series?.settings.custom ?? {}
  const { bars, spline, stepped } = uPlot.paths
  const always = showPoints === 'always' || drawStyle === 'points'
  const points: uPlot.Series.Points = always ? { show: true, size: 5 } : { show: true, ...lonely }
  if (drawStyle === 'bars' && bars)
    return { paths: bars({ size: [0.8, 40] }), points: { show: false } }
  if (lineInterpolation === 'smooth' && spline) return { paths: spline(), points }
  if (lineInterpolation === 'stepAfter' && stepped) return { paths: stepped({ align: 1 }), points }
  if (lineInterpolation === 'stepBefore' && stepped)
    return { paths: stepped({ align: -1 }), points }
  return { points }
}

/** A point without neighbours has no line: only a dot shows that it is there. */
const lonely: uPlot.Series.Points = {
  size: 4,
  filter: (chart, seriesIndex) => {
    const values = chart.data[seriesIndex] ?? []
    const at: number[] = []
    for (let index = 0; index < values.length; index++) {
      const alone = (values[index - 1] ?? null) === null && (values[index + 1] ?? null) === null
      if ((values[index] ?? null) !== null && alone) at.push(index)
    }
    return at
  },
}

function rowsAt(
  panel: Panel,
  entries: LegendEntry[],
  drawn: Drawn[],
  chart: uPlot,
  index: number,
  y: number | null,
): TooltipRow[] {
  const rows = entries.map(({ series, colour }, at) => {
    const value = series.values[index] ?? null
    const height = drawn[at]?.values[index] ?? null
    const scale = chart.series[at + 1]?.scale ?? 'y'
    const away =
      y === null || height === null ? Infinity : Math.abs(chart.valToPos(height, scale) - y)
    return { series, colour, value, away }
  })
  const told = rows.filter(({ value, series }) => {
    return value !== null && !series.settings.custom?.hideFrom?.tooltip
  })
  const nearest = told.reduce((best, { away }) => Math.min(best, away), Infinity)
  const { mode, sort } = panel.options.tooltip
  if (mode === 'none') return []
  const listed = mode === 'single' ? told.filter(({ away }) => away === nearest).slice(0, 1) : told
  const direction = { none: 0, asc: 1, desc: -1 }[sort]
  return listed
    .sort((a, b) => direction * ((a.value ?? 0) - (b.value ?? 0)))
    .map(({ series, colour, value, away }) => ({
      name: series.name,
      value: formatValue(value, series.settings),
      colour,
      near: away === nearest && nearest < 30,
    }))
}
