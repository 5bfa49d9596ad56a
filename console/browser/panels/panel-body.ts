import type { Words } from '../../model/words.ts'
import type { Answers } from '../questions.ts'
import { type ChartShared, TimeChart } from '../time-chart.ts'

/** What a panel gets at each refresh. */
export interface PanelData extends Answers {
  shared: ChartShared
}

export interface PanelContext {
  title: string
  words: Words
}

/** The inside of a panel, one class a kind, which says how its data is drawn. */
export abstract class PanelBody {
  abstract readonly element: HTMLElement
  #data: PanelData | null = null

  /** @returns false when there was nothing to show */
  show(data: PanelData): boolean {
    this.#data = data
    return this.draw(data)
  }

  /** After the theme or what is chosen has changed. */
  redraw(): void {
    if (this.#data) this.draw(this.#data)
  }

  destroy(): void {}

  protected abstract draw(data: PanelData): boolean
}

/** A panel around a chart over the board's time. */
export abstract class ChartBody extends PanelBody {
  protected readonly chart: TimeChart

  constructor({ title, words }: PanelContext) {
    super()
    this.chart = new TimeChart(title, words.chartKeys)
  }

  override destroy(): void {
    this.chart.destroy()
  }
}
