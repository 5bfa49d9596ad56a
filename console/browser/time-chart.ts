import type uPlot from 'uplot'
import { type Band, bandsAt } from '../model/annotation-bands.ts'
import type { TimeRange } from '../model/time-range.ts'
import { drawBands, lanesHeight } from './annotation-marks.ts'
import { timeAxis } from './chart/axes.ts'
import { currentLook, type Look } from './chart/look.ts'
import { ChartView, type OptionsOf } from './chart/view.ts'
import { h } from './dom.ts'
import { hideTooltip, showTooltip, type TooltipRow } from './tooltip.ts'

/** What a kind of panel adds to a chart: its lines and scale, its own drawing, its tooltip. */
export interface Plot {
  /** Charts whose key is the same only get new data. */
  key: string
  data: uPlot.AlignedData
  series: uPlot.Series[]
  axis: uPlot.Axis
  scale: uPlot.Scale
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
  onZoom(range: TimeRange): void
  onReset(): void
}

const pointerEvents = ['mousemove', 'mouseleave', 'mouseenter']
const keySteps: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, Home: -1e9, End: 1e9 }

/** A chart over the board's time, with annotations, a tooltip and zooming by pointer and keys. */
export class TimeChart {
  readonly element = h('div', { class: 'chart', tabindex: 0, role: 'group' })
  readonly #view = new ChartView(this.element)
  #current: { plot: Plot; shared: ChartShared } | null = null

  /** @param label what a screen reader says of it */
  constructor(label: string, keysHint: string) {
    this.element.setAttribute('aria-label', `${label}. ${keysHint}`)
    this.element.addEventListener('keydown', (event) => this.#readOut(event))
    this.element.addEventListener('blur', () => this.#leave())
  }

  show(plot: Plot, shared: ChartShared): void {
    const before = this.#current
    this.#current = { plot, shared }
    const isSame = before?.plot.key === plot.key
    if (isSame && this.#view.plot && before.shared.lanes.length === shared.lanes.length) {
      this.#view.setData(plot.data)
    } else this.#view.show(() => this.#options(plot, shared, currentLook()), plot.data)
  }

  destroy(): void {
    this.#view.destroy()
  }

  #options(plot: Plot, { lanes }: ChartShared, look: Look): ReturnType<OptionsOf> {
    return {
      padding: [7 + lanesHeight(lanes), 12, 0, 0],
      legend: { show: false },
      series: [{}, ...plot.series],
      axes: [timeAxis(look), plot.axis],
      scales: { x: { time: true, range: () => this.#seconds() }, y: plot.scale },
      cursor: cursorOf(look),
      hooks: {
        drawClear: [(chart) => this.#drawAnnotations(chart, look)],
        draw: [(chart) => this.#current?.plot.over(chart)],
        setCursor: [(chart) => this.#followPointer(chart)],
        setSelect: [(chart) => this.#zoom(chart)],
        ready: [(chart) => this.#ready(chart)],
      },
    }
  }

  #seconds(): [number, number] {
    const { fromMs, toMs } = this.#current?.shared.range ?? { fromMs: 0, toMs: 1 }
    return [fromMs / 1000, toMs / 1000]
  }

  #drawAnnotations(chart: uPlot, look: Look): void {
    const shared = this.#current?.shared
    if (shared) drawBands(chart, shared.annotations, shared.lanes, look)
  }

  #ready(chart: uPlot): void {
    chart.root.setAttribute('aria-hidden', 'true')
    chart.over.addEventListener('mouseleave', hideTooltip)
    chart.over.addEventListener('dblclick', () => this.#current?.shared.onReset())
  }

  #zoom(chart: uPlot): void {
    const { left, width } = chart.select
    if (width < 6) return
    const fromMs = Math.round(chart.posToVal(left, 'x') * 1000)
    const toMs = Math.round(chart.posToVal(left + width, 'x') * 1000)
    chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
    if (toMs - fromMs >= 1000) this.#current?.shared.onZoom({ fromMs, toMs })
  }

  /** The tooltip belongs to the chart under the pointer; the others only show the line. */
  #followPointer(chart: uPlot): void {
    const { idx, left = -1, top = -1, event } = chart.cursor
    if (!event || !chart.over.matches(':hover')) return
    if (idx === null || idx === undefined || left < 0) hideTooltip()
    else this.#showValues(chart, idx, left, top)
  }

  #showValues(chart: uPlot, index: number, left: number, top: number | null): void {
    if (!this.#current) return
    const { plot, shared } = this.#current
    const seconds = chart.data[0][index] ?? 0
    const box = chart.over.getBoundingClientRect()
    const nearMs = ((shared.range.toMs - shared.range.fromMs) / Math.max(box.width, 1)) * 4
    showTooltip({
      x: box.left + left,
      y: top === null ? box.top + 12 : box.top + top,
      seconds,
      rows: plot.rowsAt(chart, index, top),
      bands: bandsAt(shared.annotations, seconds * 1000, nearMs),
    })
  }

  /** Arrow keys move the cursor point by point, so that values can be read without a pointer. */
  #readOut(event: KeyboardEvent): void {
    if (event.key === 'Escape') this.#leave()
    const step = keySteps[event.key]
    const chart = this.#view.plot
    if (step === undefined || !chart) return
    event.preventDefault()
    const last = chart.data[0].length - 1
    const from = chart.cursor.idx ?? last + (step < 0 ? 1 : 0)
    const index = Math.min(Math.max(from + step * (event.shiftKey ? 10 : 1), 0), last)
    const left = chart.valToPos(chart.data[0][index] ?? 0, 'x')
    chart.setCursor({ left, top: 0 })
    this.#showValues(chart, index, left, null)
  }

  #leave(): void {
    hideTooltip()
    this.#view.plot?.setCursor({ left: -10, top: -10 })
  }
}

/** A line through all time panels of the board; dragging selects a time. */
const cursorOf = (look: Look): uPlot.Cursor => ({
  y: false,
  drag: { x: true, y: false, setScale: false, dist: 6 },
  points: { size: 7, stroke: look.card, width: 1.5 },
  sync: {
    key: 'board',
    setSeries: false,
    scales: ['x', null] as [string, null],
    filters: { pub: (type: string) => pointerEvents.includes(type) },
  },
})
