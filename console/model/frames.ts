import type { Target } from './panel-schema.ts'
import { numberOf, type QueryResult, seriesIn } from './prometheus.ts'
import type { TimeRange } from './time-range.ts'

/** One line of a panel. */
export interface Series {
  name: string
  refId: string
  labels: Record<string, string>
  /** One value for each of the frame's times; null where Prometheus had none. */
  values: (number | null)[]
}

/** A panel's data on one time axis. */
export interface Frame {
  /** Seconds since 1970, evenly spaced. */
  times: number[]
  series: Series[]
}

export interface Answer {
  target: Target
  result: QueryResult
}

/** The answers of a panel's queries as one frame: times from `range` by `stepMs`, gaps as null. */
export function frameOf(answers: readonly Answer[], range: TimeRange, stepMs: number): Frame {
  const count = Math.floor((range.toMs - range.fromMs) / stepMs) + 1
  const times = Array.from({ length: count }, (_, at) => (range.fromMs + at * stepMs) / 1000)
  const series = answers.flatMap(({ target: { refId, legendFormat }, result }) =>
    seriesIn(result).map(({ labels, samples }) => {
      const values: (number | null)[] = new Array(count).fill(null)
      for (const [seconds, text] of samples) {
        const at = Math.round((seconds * 1000 - range.fromMs) / stepMs)
        if (at >= 0 && at < count) values[at] = numberOf(text)
      }
      return { refId, labels, values, name: nameOf(labels, legendFormat) }
    }),
  )
  return { times, series }
}

/** A series' name in a legend: by the query's format, else its labels as PromQL writes them. */
export function nameOf(labels: Record<string, string>, format: string): string {
  const { __name__ = '', ...others } = labels
  const inside = Object.entries(others).map(([key, value]) => `${key}="${value}"`)
  const selector = inside.length === 0 ? __name__ : `${__name__}{${inside.join(', ')}}`
  return withLabels(format, labels).trim() || selector || 'value'
}

/** Fills in `{{label}}` of a legend, title or text. */
export const withLabels = (format: string, labels: Record<string, string>): string =>
  format.replace(/\{\{\s*(.+?)\s*\}\}/g, (_, name: string) => labels[name] ?? '')

/** The last value that there is. */
export const lastValue = ({ values }: Pick<Series, 'values'>): number | null =>
  values.findLast((value) => value !== null) ?? null
