import uPlot from 'uplot'

/** In CSS pixels. */
export interface Size {
  width: number
  height: number
}

/** Everything uPlot needs but the size, in the colours that the page has when it is called. */
export type OptionsOf = () => Omit<uPlot.Options, 'width' | 'height'>

/** One uPlot chart, made once its host element has a width, and from then on as large as that. */
export class ChartView {
  readonly #host: HTMLElement
  readonly #height: number | null
  readonly #resizing = new ResizeObserver(() => this.#fit())
  #drawing: { optionsOf: OptionsOf; data: uPlot.AlignedData } | null = null
  #plot: uPlot | null = null

  /** @param height CSS pixels without a legend below; the host's own when left out */
  constructor(host: HTMLElement, height: number | null = null) {
    this.#host = host
    this.#height = height
    this.#resizing.observe(host)
  }

  /** The chart as it is drawn now; null while the host has no width. */
  get plot(): uPlot | null {
    return this.#plot
  }

  /** Draws a chart in place of the one before. */
  show(optionsOf: OptionsOf, data: uPlot.AlignedData): void {
    this.#drawing = { optionsOf, data }
    this.redraw()
  }

  /** Other data for the same lines. */
  setData(data: uPlot.AlignedData): void {
    if (!this.#drawing) return
    this.#drawing.data = data
    this.#plot?.setData(data)
  }

  /** Makes the chart again, because colours have changed. */
  redraw(): void {
    this.#plot?.destroy()
    this.#plot = null
    const size = this.#size()
    if (!this.#drawing || size.width === 0) return
    const { optionsOf, data } = this.#drawing
    this.#plot = new uPlot({ ...optionsOf(), ...size }, data, this.#host)
  }

  destroy(): void {
    this.#resizing.disconnect()
    this.#plot?.destroy()
    this.#plot = null
  }

  #size(): Size {
    const { clientWidth, clientHeight } = this.#host
    return { width: clientWidth, height: this.#height ?? clientHeight }
  }

  #fit(): void {
    const size = this.#size()
    if (!this.#plot) this.redraw()
    else if (size.width > 0 && !sameSize(size, this.#plot)) this.#plot.setSize(size)
  }
}

const sameSize = (one: Size, other: Size) =>
  one.width === other.width && one.height === other.height
