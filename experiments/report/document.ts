import type { RunVerdict } from '../run/result.ts'
import type { LineChart, Role } from './line-chart.ts'
import type { Language } from './words.ts'

export type Medium = 'terminal' | 'markdown' | 'html'

/** How text stands out. Its words say the same, so that colour is never the only signal. */
export type Tone = 'good' | 'bad' | 'doubt' | 'strong' | 'soft'

export interface TonedText {
  text: string
  tone: Tone
}

export type Text = string | TonedText

/** A report as plain data. `terminal.ts`, `markdown.ts` and `html.ts` show what each medium can. */
export interface ReportDocument {
  /** What was run, in half a line: `Rehearsal of smoke, up to 20/s for 6 s`. */
  title: string
  verdict: RunVerdict
  /** Of its texts; English where absent. */
  language?: Language
  /** The result in one sentence. */
  headline: string
  /** ISO 8601. */
  startedAt: string
  /** Version of Stampede. */
  version: string
  body: DocumentNode[]
}

export type DocumentNode = NodeContent & {
  /** Where the node is shown; everywhere if absent. */
  only?: readonly Medium[]
}

type NodeContent =
  /** A heading and what stands below it; a section within a section has a smaller heading. */
  | { kind: 'section'; title: string; nodes: DocumentNode[] }
  | { kind: 'paragraph'; text: Text }
  /** `findings` are what the run found, `notes` help to read it. */
  | { kind: 'list'; style: 'findings' | 'notes'; items: Text[] }
  /** In one column or several side by side. */
  | { kind: 'facts'; columns: Fact[][] }
  | Table
  /** A command or a file; never wrapped, so that it can be copied. */
  | { kind: 'code'; text: string }
  /** Nodes that a reader unfolds: HTML only. */
  | { kind: 'fold'; summary: string; nodes: DocumentNode[] }
  | Bars
  | LineCharts
  | RatioCharts

/** A term and what it is. */
export type Fact = [term: string, text: string]

export interface Table {
  kind: 'table'
  columns: Column[]
  groups: RowGroup[]
  /** Head of the rows' notes, where Markdown gives them a column of their own. */
  notesTitle?: string
}

export interface Column {
  title: string
  /** Figures are aligned right and never broken. Others are texts, which may wrap. */
  isFigure?: boolean
  /** The arm whose colour the head has. */
  role?: Role
}

/** Rows with a heading of their own where `title` is set. */
export interface RowGroup {
  title?: string
  rows: Row[]
}

export interface Row {
  /** The first cell is the head of the row. A line break in a cell is kept. */
  cells: Text[]
  /** A sentence about the row; a terminal leaves it out. */
  note?: string
  /** What went wrong first, in detail; a terminal leaves it out. */
  examples?: string[]
}

/** Cards side by side, each with bars to scale: HTML only, tables hold the same figures. */
export interface Bars {
  kind: 'bars'
  cards: BarCard[]
}

export interface BarCard {
  title: string
  /** The figure that matters and what it means; the bars alone if absent. */
  result?: { figure: string; meaning: string }
  bars: { name: string; role: Role; value: number; text: string }[]
}

/** Panels with lines, side by side: HTML only. */
export interface LineCharts {
  kind: 'line-charts'
  title: string
  explanation: string
  charts: LineChart[]
}

/** Ratios with interval and margin on logarithmic scales: HTML only. */
export interface RatioCharts {
  kind: 'ratio-charts'
  charts: RatioChart[]
}

export interface RatioChart {
  title: string
  explanation: string
  marks: RatioMark[]
  /** Where the ratio 1 lies, 0..100 % of the width. */
  onePercent: number
  ticks: { atPercent: number; label: string }[]
}

/** One design on a chart. */
export interface RatioMark {
  title: string
  text: string
  effect: 'better' | 'worse' | 'none' | 'no-claim'
  /** Where mean, interval and margin lie, 0..100 % of the width; null without a claim. */
  percents: { dot: number; low: number; high: number; marginLow: number; marginHigh: number } | null
}

export const section = (title: string, nodes: DocumentNode[]): DocumentNode => ({
  kind: 'section',
  title,
  nodes,
})

export const paragraph = (text: string, tone: Tone = 'soft'): DocumentNode => ({
  kind: 'paragraph',
  text: { text, tone },
})

const listOf =
  (style: 'findings' | 'notes') =>
  (items: Text[]): DocumentNode => ({ kind: 'list', style, items })

export const findings = listOf('findings')
export const notes = listOf('notes')

/** A node that only some media show. */
export const onlyIn = (only: Medium[], node: DocumentNode): DocumentNode => ({ ...node, only })

/** The nodes that a medium shows; a list without items is left out. */
export const shownIn = (medium: Medium, nodes: readonly DocumentNode[]): DocumentNode[] =>
  nodes
    .filter(({ only }) => only?.includes(medium) ?? true)
    .filter((node) => node.kind !== 'list' || node.items.length > 0)

export const plainOf = (text: Text): string => (typeof text === 'string' ? text : text.text)

export const toneOf = (text: Text): Tone | undefined =>
  typeof text === 'string' ? undefined : text.tone

/** The first of several arms is what the others are compared with. */
export const roleOf = (index: number, count: number): Role =>
  index === 0 && count > 1 ? 'before' : 'after'

export const strong = (text: string): TonedText => ({ text, tone: 'strong' })

/** A table without groups, from its cells line by line. */
export const table = (columns: Column[], lines: readonly Text[][]): Table => ({
  kind: 'table',
  columns,
  groups: [{ rows: lines.map((cells) => ({ cells })) }],
})

export const textColumns = (...titles: string[]): Column[] => titles.map((title) => ({ title }))

export const figureColumns = (...titles: string[]): Column[] =>
  titles.map((title) => ({ title, isFigure: true }))
