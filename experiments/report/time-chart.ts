/** The arm that is compared with is warm, the judged one cool. */
export type Role = 'before' | 'after'

/** One panel: an arm's lines over seconds, on scales that all arms of the row share. */
export interface TimeChart {
  /** Unique in the page. */
  id: string
  arm: string
  role: Role
  kind: 'count' | 'latency'
  /** The chart in words, for a reader who cannot see it. */
  summary: string
  seconds: number[]
  lines: ChartLine[]
  xMax: number
  yRange: [min: number, max: number]
  crowdSeconds: number
  faults: { name: string; fromSeconds: number; toSeconds: number }[]
  /** A horizontal line with its label, in the unit of the y axis. */
  target: { value: number; label: string } | null
}

/** One line of a chart; `paint` names a colour of the page's palette. */
export interface ChartLine {
  label: string
  paint: 'crowd' | 'arm' | 'failed' | 'unknown'
  look: 'area' | 'solid' | 'dashed'
  values: (number | null)[]
}
