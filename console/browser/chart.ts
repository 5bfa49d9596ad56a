import uPlot from 'uplot'
import type { Band } from '../model/annotation-bands.ts'
import { bandsAt } from '../model/annotation-bands.ts'
import type { TimeRange } from '../model/time-range.ts'
import { timeAxis } from './chart-axes.ts'
import { drawBands, lanesHeight } from './chart-marks.ts'
import { h } from './dom.ts'
import { currentLook, type Look } from './theme.ts'
import { hideTooltip, showTooltip, type TooltipRow } from './tooltip.ts'

/** What a kind of panel adds to a chart: its lines and scales, its own drawing, its words. */
export interface Plot {
  /** Charts whose key is the same only get new data. */
  key: string
  data: uPlot.AlignedData
  series: uPlot.Series[]
  axes: uPlot.Axis[]
  scales: Record<string, uPlot.Scale>
  bands: uPlot.Band[]
  behind(chart: uPlot): void
  over(chart: uPlot): void
  /** Rows of the tooltip at an index of the data; `y` is the pointer's height in CSS pixels. */
  rowsAt(chart: uPlot, index: number, y: number | null): TooltipRow[]
}

/** What all time panels of a board share. */
export interface ChartShared {
  range: TimeRange
  annotations: readonly Band[]
  /** Annotation sources in order, one lane each. */
  lanes: string[]
  utc: boolean
  /** Synchronised cursors; empty for panels with a time of their own. */
  syncKey: string
  onZoom(range: TimeRange): void
  onReset(): void
}

export interface Chart {
  show(plot: Plot, shared: ChartShared): void
  /** After the theme changed: everything is drawn anew. */
  redraw(): void
  setSeries(visible: boolean[]): void
  destroy(): void
}

/** A chart that fills `host` and follows its size. `label` is what a screen reader says of it. */
export function createChart(host: HTMLElement, label: string, keysHint: string): Chart {
  let chart: uPlot | null = null
  let current: { plot: Plot; shared: ChartShared } | null = null
  host.tabIndex = 0
  host.setAttribute('role', 'group')
  host.setAttribute('aria-label', `${label}. ${keysHint}`)

  const build = () => {
    chart?.destroy()
    chart = null
    if (!current || host.clientWidth === 0) return
    const box = { width: host.clientWidth, height: host.clientHeight }
    const state = () => current
    chart = new uPlot(optionsOf(state, currentLook(), box), current.plot.data, host)
    chart.root.setAttribute('aria-hidden', 'true')
  }
  const resizing = new ResizeObserver(() => {
    if (!chart) return build()
    const box = { width: host.clientWidth, height: host.clientHeight }
    if (box.width > 0 && (box.width !== chart.width || box.height !== chart.height))
      chart.setSize(box)
  })
  resizing.observe(host)
  host.addEventListener('keydown', (event) => readOut(event, chart, current))
  host.addEventListener('blur', () => leave(chart))

  return {
    show(plot, shared) {
      const sameLanes = current?.shared.lanes.length === shared.lanes.length
      const same = chart !== null && current?.plot.key === plot.key && sameLanes
      current = { plot, shared }
      if (same) chart?.setData(plot.data)
      else build()
    },
    redraw: build,
    setSeries(visible) {
      visible.forEach((show, index) => {
        chart?.setSeries(index + 1, { show }, false)
      })
    },
    destroy() {
      resizing.disconnect()
      chart?.destroy()
      chart = null
    },
  }
}

type State = () => { plot: Plot; shared: ChartShared } | null

function optionsOf(
  state: State,
  look: Look,
  box: { width: number; height: number },
): uPlot.Options {
  const now = state()
  const { plot, shared } = now ?? {}
  const range = (): [number, number] => {
    const { fromMs, toMs } = state()?.shared.range ?? { fromMs: 0, toMs: 1 }
    return [fromMs / 1000, toMs / 1000]
  }
  return {
    ...box,
    padding: [7 + lanesHeight(shared?.lanes ?? []), 12, 0, 0],
    legend: { show: false },
    series: [{}, ...(plot?.series ?? [])],
    bands: plot?.bands ?? [],
    axes: [timeAxis(look, shared?.utc ?? false), ...(plot?.axes ?? [])],
    scales: { x: { time: true, range }, ...plot?.scales },
    cursor: cursorOf(shared?.syncKey ?? '', look),
    hooks: {
      drawClear: [
        (chart) => {
          const at = state()
          at?.plot.behind(chart)
          if (at) drawBands(chart, at.shared.annotations, at.shared.lanes, look)
        },
      ],
      draw: [(chart) => state()?.plot.over(chart)],
      setCursor: [(chart) => followPointer(chart, state())],
      setSelect: [(chart) => zoomTo(chart, state())],
      ready: [(chart) => listenFor(chart, state)],
    },
  }
}

function cursorOf(syncKey: string, look: Look): uPlot.Cursor {
  const published = ['mousemove', 'mouseleave', 'mouseenter']
  return {
    y: false,
    drag: { x: true, y: false, setScale: false, dist: 6 },
    points: { size: 7, stroke: look.card, width: 1.5 },
    ...(syncKey === ''
      ? {}
      : {
          sync: {
            key: syncKey,
            setSeries: false,
            scales: ['x', null] as [string, null],
            filters: { pub: (type: string) => published.includes(type) },
          },
        }),
  }
}

function listenFor(chart: uPlot, state: State): void {
  chart.over.addEventListener('mouseleave', hideTooltip)
  chart.over.addEventListener('dblclick', () => state()?.shared.onReset())
}

function zoomTo(chart: uPlot, state: ReturnType<State>): void {
  const { left, width } = chart.select
  if (width < 6 || !state) return
  const fromMs = Math.round(chart.posToVal(left, 'x') * 1000)
  const toMs = Math.round(chart.posToVal(left + width, 'x') * 1000)
  chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
  if (toMs - fromMs >= 1000) state.shared.onZoom({ fromMs, toMs })
}

/** The tooltip belongs to the chart under the pointer; the others only show the line. */
function followPointer(chart: uPlot, state: ReturnType<State>): void {
  const { idx, left = -1, top = -1, event } = chart.cursor
  if (!event || !chart.over.matches(':hover') || !state) return
  if (idx === null || idx === undefined || left < 0) hideTooltip()
  else tell(chart, state, idx, left, top)
}

function tell(
  chart: uPlot,
  { plot, shared }: { plot: Plot; shared: ChartShared },
  index: number,
  left: number,
  top: number | null,
): void {
  const seconds = chart.data[0][index] ?? 0
  const box = chart.over.getBoundingClientRect()
  const nearMs = ((shared.range.toMs - shared.range.fromMs) / Math.max(box.width, 1)) * 4
  showTooltip({
    x: box.left + left,
    y: top === null ? box.top + 12 : box.top + top,
    seconds,
    utc: shared.utc,
    rows: plot.rowsAt(chart, index, top),
    bands: bandsAt(shared.annotations, seconds * 1000, nearMs),
  })
}

/** Arrow keys move the cursor from point to point, so that values can be read without a pointer. */
function readOut(event: KeyboardEvent, chart: uPlot | null, state: ReturnType<State>): void {
  const steps: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, Home: -1e9, End: 1e9 }
  if (event.key === 'Escape') leave(chart)
  const step = steps[event.key]
  if (step === undefined || !chart || !state) return
  event.preventDefault()
  const last = chart.data[0].length - 1
  const from = chart.cursor.idx ?? last + (step < 0 ? 1 : 0)
  const index = Math.min(Math.max(from + step * (event.shiftKey ? 10 : 1), 0), last)
  const left = chart.valToPos(chart.data[0][index] ?? 0, 'x')
  chart.setCursor({ left, top: 0 })
  tell(chart, state, index, left, null)
}

function leave(chart: uPlot | null): void {
  hideTooltip()
  chart?.setCursor({ left: -10, top: -10 })
}

/** The place of a chart in its panel. */
export const chartHost = (): HTMLElement => h('div', { class: 'chart' })
