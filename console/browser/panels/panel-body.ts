import type { Answer } from '../../model/frames.ts'
import type { TimeRange } from '../../model/time-range.ts'
import type { Words } from '../../model/words.ts'
import type { ChartShared } from '../chart.ts'

/** What a panel gets at each refresh. */
export interface PanelData {
  answers: Answer[]
  /** Aligned to the step. */
  range: TimeRange
  stepMs: number
  shared: ChartShared
}

/** The inside of a panel, one implementation a kind. */
export interface PanelBody {
  element: HTMLElement
  /** False when there was nothing to show. */
  show(data: PanelData): boolean
  /** After the theme has changed. */
  redraw(): void
  destroy(): void
}

export interface PanelMaking {
  title: string
  words: Words
}
