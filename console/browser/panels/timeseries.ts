import type uPlot from 'uplot'
import { seriesColour, themedColour, turnsOf } from '../../model/colours.ts'
import { type Frame, frameOf, type Series } from '../../model/frames.ts'
import { type LineStyle, lineStyleOf } from '../../model/line-style.ts'
import type { PanelOf } from '../../model/panel-schema.ts'
import { drawable } from '../../model/prometheus.ts'
import { formatValue } from '../../model/units.ts'
import { binaryIncrements, valueAxis, valueScale } from '../chart/axes.ts'
import { currentLook, type Look } from '../chart/look.ts'
import { clipped, drawLevel } from '../chart/marks.ts'
import { h } from '../dom.ts'
import { Legend } from '../legend.ts'
import type { Plot } from '../time-chart.ts'
import type { TooltipRow } from '../tooltip.ts'
import { ChartBody, type PanelContext, type PanelData } from './panel-body.ts'

type Panel = PanelOf<'timeseries'>

/** A series with how it is drawn. */
interface Line extends LineStyle {
  series: Series
  colour: string
}

/** Lines over time, with a legend that hides and shows them. */
export class TimeseriesBody extends ChartBody {
  readonly #panel: Panel
  readonly #legend = new Legend(() => this.redraw())
  readonly element = h('div', { class: 'with-legend' }, this.chart.element, this.#legend.element)

  constructor(panel: Panel, context: PanelContext) {
    super(context)
    this.#panel = panel
  }

  protected draw({ answers, range, stepMs, shared }: PanelData): boolean {
    const look = currentLook()
    const frame = frameOf(answers, range, stepMs)
    const lines = linesOf(this.#panel, frame, look)
    this.#legend.show(
      lines.map(({ series, colour, dash }) => ({
        name: series.name,
        colour,
        isDashed: dash.length > 0,
      })),
    )
    const visible = lines.filter(({ series }) => this.#legend.isVisible(series.name))
    this.chart.show(plotOf(this.#panel, frame, visible, look), shared)
    return frame.series.some(({ values }) => values.some((value) => value !== null))
  }
}

function linesOf({ fieldConfig }: Panel, { series }: Frame, { theme }: Look): Line[] {
  const turns = turnsOf(series.map(({ labels }) => labels.arm ?? ''))
  return series.map((one, at) => {
    const style = lineStyleOf(fieldConfig, one.refId)
    const colour = seriesColour(style.color, one.labels, turns[at] ?? 0, theme)
    return { ...style, series: one, colour }
  })
}

function plotOf({ fieldConfig }: Panel, frame: Frame, lines: Line[], look: Look): Plot {
  const { defaults } = fieldConfig
  const { unit, decimals, min, custom } = defaults
  const drawn = lines.map(({ colour, width, dash, series }) => ({
    label: series.name,
    scale: 'y',
    stroke: colour,
    width,
    fill: `${colour}${alphaOf(custom.fillOpacity)}`,
    ...(dash.length > 0 ? { dash } : {}),
  }))
  const values = lines.map(({ series }) => series.values.map(drawable))
  return {
    key: JSON.stringify([drawn, look]),
    data: [frame.times, ...values],
    series: drawn.map((line) => ({ ...line, points: lonelyPoints })),
    axis: {
      ...valueAxis(look, (tick) => formatValue(Number(tick.toPrecision(12)), { unit, decimals })),
      ...(unit === 'bytes' ? { incrs: binaryIncrements } : {}),
    },
    scale: valueScale(min),
    over: (chart) => {
      if (custom.thresholdsStyle) drawThresholds(chart, defaults.thresholds.steps, look)
    },
    rowsAt: (chart, index, y) => rowsAt(lines, defaults, chart, index, y),
  }
}

const alphaOf = (percent: number) =>
  Math.round(percent * 2.55)
    .toString(16)
    .padStart(2, '0')

type Defaults = Panel['fieldConfig']['defaults']

function drawThresholds(chart: uPlot, steps: Defaults['thresholds']['steps'], { theme }: Look) {
  clipped(chart, () => {
    for (const { value, color } of steps) {
      if (value === null) continue
      drawLevel(chart, value, { colour: themedColour(color, theme), alpha: 0.75, dash: [6, 4] })
    }
  })
}

/** A point without neighbours has no line: only a dot shows that it is there. */
const lonelyPoints: uPlot.Series.Points = {
  show: true,
  size: 4,
  filter: (chart, seriesIndex) => {
    const values = chart.data[seriesIndex] ?? []
    const isThere = (index: number) => (values[index] ?? null) !== null
    return Array.from(values.keys()).filter(
      (index) => isThere(index) && !isThere(index - 1) && !isThere(index + 1),
    )
  },
}

/** Values at an index of the data, the highest first. */
function rowsAt(
  lines: Line[],
  defaults: Defaults,
  chart: uPlot,
  index: number,
  y: number | null,
): TooltipRow[] {
  const rows = lines.flatMap(({ series, colour }) => {
    const value = series.values[index] ?? null
    const height = drawable(value)
    const away =
      y === null || height === null ? Infinity : Math.abs(chart.valToPos(height, 'y') - y)
    return value === null ? [] : [{ name: series.name, colour, value, away }]
  })
  const nearest = rows.reduce((best, { away }) => Math.min(best, away), Infinity)
  return rows
    .sort((a, b) => b.value - a.value)
    .map(({ name, colour, value, away }) => ({
      name,
      colour,
      value: formatValue(value, defaults),
      isNear: away === nearest && nearest < 30,
    }))
}
