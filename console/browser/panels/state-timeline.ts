import { seriesColour } from '../../model/colours.ts'
import { type Frame, frameOf } from '../../model/frames.ts'
import type { PanelOf } from '../../model/panel-schema.ts'
import { type Stretch, stretchesOf } from '../../model/states.ts'
import { chartHost, createChart, type Plot } from '../chart.ts'
import { h } from '../dom.ts'
import { currentLook, type Look } from '../theme.ts'
import { swatch } from '../tooltip.ts'
import type { PanelBody, PanelData, PanelMaking } from './panel-body.ts'
import { drawnName, drawStretches } from './state-bars.ts'

type Panel = PanelOf<'state-timeline'>

/** One bar a series, coloured by state. */
export function stateTimelineBody(panel: Panel, { title, words }: PanelMaking): PanelBody {
  const host = chartHost()
  const chart = createChart(host, title, words.chartKeys)
  const legend = h('div', { class: 'legend list bottom' })
  const element = h('div', { class: 'with-legend bottom' }, host, legend)
  let last: PanelData | null = null

  const draw = (): boolean => {
    if (!last) return false
    const look = currentLook()
    const frame = frameOf(last.answers, panel.fieldConfig, last.range, last.stepMs)
    const bars = frame.series.map((series, index) =>
      stretchesOf(series, frame.times, index, look.theme, panel.options.mergeValues),
    )
    chart.show(plotOf(panel, frame, bars, look), last.shared)
    legend.hidden = !panel.options.legend.showLegend
    legend.replaceChildren(legendOf(bars))
    return bars.some((bar) => bar.length > 0)
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

/** Each state once, with its colour. */
function legendOf(bars: Stretch[][]): HTMLElement {
  const states = new Map(bars.flat().map(({ text, colour }) => [text, colour]))
  const items = [...states].slice(0, 12).map(([text, colour]) => {
    return h('li', {}, h('span', { class: 'entry' }, swatch(colour), text))
  })
  return h('ul', {}, ...items)
}

function plotOf({ options }: Panel, frame: Frame, bars: Stretch[][], look: Look): Plot {
  const count = Math.max(frame.series.length, 1)
  const names = frame.series.map(({ name }) => name)
  return {
    key: JSON.stringify([names, look]),
    data: [frame.times, ...frame.series.map(({ values }) => values)],
    series: frame.series.map(({ name }) => ({
      label: name,
      stroke: 'transparent',
      paths: () => null,
      points: { show: false },
    })),
    axes: [
      {
        scale: 'y',
        stroke: look.soft,
        font: `11px ${look.font}`,
        gap: 6,
        grid: { show: false },
        ticks: { show: false },
        splits: () => names.map((_, index) => count - index - 0.5),
        values: () => names.map((name) => drawnName(name)),
        size: (chart) => {
          chart.ctx.font = `11px ${look.font}`
          const widths = names.map((name) => chart.ctx.measureText(drawnName(name)).width)
          return Math.ceil(Math.max(24, ...widths)) + 14
        },
      },
    ],
    scales: { y: { range: [0, count] } },
    bands: [],
    behind: () => {},
    over: (chart) => drawStretches(chart, bars, options, look),
    rowsAt: (chart, index, y) => {
      const seconds = chart.data[0][index] ?? 0
      const row = y === null ? -1 : Math.floor((y / chart.over.clientHeight) * count)
      return frame.series.flatMap((series, at) => {
        const state = bars[at]?.find((one) => {
          return seconds >= one.fromSeconds && seconds < one.toSeconds
        })
        if (!state) return []
        const colour = state.colour || seriesColour(series.settings, {}, at, look.theme, null)
        return [{ name: series.name, value: state.text, colour, near: at === row }]
      })
    },
  }
}
