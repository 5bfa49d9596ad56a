/** The arm that is compared with is warm, the judged one cool. */
export type Role = 'before' | 'after'

/** One panel: lines over seconds, or over rates of arrivals. */
export interface LineChart {
  /** Unique in the page. */
  id: string
  title: string
  /** Of the arm whose panel it is; null where the lines are those of several arms. */
  role: Role | null
  /** `log-count` = on a logarithmic axis, from 1 up; nothing is drawn of what is less. */
  kind: 'count' | 'log-count' | 'latency'
  /** The chart in words, for a reader who cannot see it. */
  summary: string
  /** Unit of `x`, where the charts of one unit have their pointers in step. */
  xUnit: 's' | '/s'
  x: number[]
  lines: ChartLine[]
  xMax: number
  yRange: [min: number, max: number]
  /** Second of the last arrival; null where `x` is no time. */
  crowdSeconds: number | null
  /** Stretches of `x` with a name. */
  spans: ChartSpan[]
  /** A horizontal line with its label, in the unit of the y axis. */
  target: { value: number; label: string } | null
}

/** Where on `x` a fault was on, or an arm's capacity lies. */
export interface ChartSpan {
  name: string
  from: number
  to: number
  paint: 'fault' | Role
}

/** One line of a chart; `paint` names a colour of the page's palette, `arm` that of its role. */
export interface ChartLine {
  label: string
  paint: 'crowd' | 'arm' | 'failed' | 'unknown' | Role
  look: 'area' | 'solid' | 'dashed'
  values: (number | null)[]
}
