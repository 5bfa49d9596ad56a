import type uPlot from 'uplot'
import { mix } from '../../model/colours.ts'
import { type Frame, frameOf } from '../../model/frames.ts'
import type { PanelOf } from '../../model/panel-schema.ts'
import { type Stretch, stretchesOf } from '../../model/states.ts'
import { plainAxis, widest } from '../chart/axes.ts'
import { currentLook, type Look } from '../chart/look.ts'
import { clipped, fillArea, spanPixels } from '../chart/marks.ts'
import type { Plot } from '../time-chart.ts'
import { ChartBody, type PanelContext, type PanelData } from './panel-body.ts'

/** One bar a series, coloured by state. */
export class StateTimelineBody extends ChartBody {
  readonly #panel: PanelOf<'state-timeline'>
  readonly element = this.chart.element

  constructor(panel: PanelOf<'state-timeline'>, context: PanelContext) {
    super(context)
    this.#panel = panel
  }

  protected draw({ answers, range, stepMs, shared }: PanelData): boolean {
    const look = currentLook()
    const { defaults } = this.#panel.fieldConfig
    const frame = frameOf(answers, range, stepMs)
    const bars = frame.series.map((series, turn) =>
      stretchesOf(series, frame.times, defaults, turn, look.theme),
    )
    this.chart.show(plotOf(frame, bars, this.#panel.options.rowHeight, look), shared)
    return bars.some((bar) => bar.length > 0)
  }
}

function plotOf(frame: Frame, bars: Stretch[][], rowHeight: number, look: Look): Plot {
  const count = Math.max(frame.series.length, 1)
  const names = frame.series.map(({ name }) => shortName(name))
  return {
    key: JSON.stringify([names, look]),
    data: [frame.times, ...frame.series.map(({ values }) => values)],
    series: frame.series.map(({ name }) => ({
      label: name,
      stroke: 'transparent',
      paths: () => null,
      points: { show: false },
    })),
    axis: {
      ...plainAxis(look),
      scale: 'y',
      grid: { show: false },
      splits: () => names.map((_, index) => count - index - 0.5),
      values: () => names,
      size: (chart) => Math.max(24, widest(chart, names, look)) + 14,
    },
    scale: { range: [0, count] },
    over: (chart) => drawStretches(chart, bars, rowHeight, look),
    rowsAt: (chart, index, y) => {
      const seconds = chart.data[0][index] ?? 0
      const row = y === null ? -1 : Math.floor((y / chart.over.clientHeight) * count)
      return frame.series.flatMap(({ name }, at) => {
        const state = bars[at]?.find((one) => {
          return seconds >= one.fromSeconds && seconds < one.toSeconds
        })
        return state ? [{ name, value: state.text, colour: state.colour, isNear: at === row }] : []
      })
    },
  }
}

const nameLengthMax = 28

/** Long names are cut: the tooltip has them whole. */
const shortName = (name: string): string =>
  name.length > nameLengthMax ? `${name.slice(0, nameLengthMax - 1)}…` : name

/** Draws series as bars in rows from the top. @param rowHeight share of a row that a bar fills */
function drawStretches(
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
