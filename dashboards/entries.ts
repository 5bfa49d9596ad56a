import type { PanelKind } from '../console/model/panel-schema.ts'
import type { UnitName } from '../console/model/units.ts'

export interface Query {
  expr: string
  /** Name of the series; `{{label}}` stands for a label's value. */
  legend: string
  color?: string
  dashed?: boolean
}

export interface Threshold {
  /** null = from the beginning. */
  from: number | null
  color: string
}

/** How a value reads: `'1'`, `'0'` or `'nan'`. */
export type Readings = Record<string, { text: string; color: string }>

/** What a panel may say beyond its texts and queries. */
export interface PanelOptions {
  thresholds?: Threshold[]
  readings?: Readings
  /** Columns of 24; default: an equal share of the row. */
  width?: number
  decimals?: number
  /** Shown where there is no data; only where its absence is good or usual. */
  noValue?: string
  /** New names of columns (tables); labels that are not named keep their own. */
  columns?: Record<string, string>
}

/** One entry in a board: everything there is to say about a panel but its place. */
export interface PanelEntry extends PanelOptions {
  kind: Exclude<PanelKind, 'text'>
  title: string
  unit: UnitName
  /** What good looks like. */
  good: string
  /** What to do when it does not. */
  otherwise: string
  queries: Query[]
}

export interface TextEntry {
  kind: 'text'
  title: string
  /** Markdown. */
  content: string
  width: number
}

export type Entry = PanelEntry | TextEntry

/** A panel of a kind: what good looks like, what to do otherwise, options if any, queries. */
const panelOfKind =
  (kind: PanelEntry['kind']) => (title: string, unit: UnitName, thresholds?: Threshold[]) => ({
    good: (good: string) => ({
      otherwise(otherwise: string) {
        const usual = thresholds ? { thresholds } : {}
        const shown =
          (options: PanelOptions) =>
          (...queries: Query[]): PanelEntry => {
            return { kind, title, unit, good, otherwise, queries, ...usual, ...options }
          }
        return { show: shown({}), with: (options: PanelOptions) => ({ show: shown(options) }) }
      },
    }),
  })

export const timeseries = panelOfKind('timeseries')
export const stat = panelOfKind('stat')
export const table = panelOfKind('table')
export const stateTimeline = panelOfKind('state-timeline')

/** How to read a board; paragraphs of Markdown. */
export const text = (width: number, ...paragraphs: string[]): TextEntry => ({
  kind: 'text',
  title: 'How to read this board',
  content: paragraphs.join('\n\n'),
  width,
})

export const colors = {
  before: '#E8710A',
  after: '#3274D9',
  good: 'green',
  warning: 'yellow',
  bad: 'red',
  /** Nothing happens: it must not draw the eye, on light or dark. */
  idle: '#a3a8b0',
} as const

/** Good below `warning`, bad from `bad` on. */
export const tooHighFrom = (warning: number, bad: number): Threshold[] => [
  { from: null, color: colors.good },
  { from: warning, color: colors.warning },
  { from: bad, color: colors.bad },
]

/** Bad below `warning`, good from `good` on. */
export const tooLowBelow = (warning: number, good: number): Threshold[] => [
  { from: null, color: colors.bad },
  { from: warning, color: colors.warning },
  { from: good, color: colors.good },
]

/** 1 is on and of note, 0 is off. */
export const onOff: Readings = {
  '1': { text: 'on', color: colors.bad },
  '0': { text: 'off', color: colors.idle },
}
