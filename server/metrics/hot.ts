import type { Registry } from 'prom-client'
import { registerScraped } from './scraped.ts'

/**
 * Counters and histograms for the hot path: typed arrays written at ~3 ns, turned into prom-client
 * values only when scraped. prom-client's own `observe` with labels costs 200–600 ns.
 */
export interface HotHistogram {
  /** A function that records one value of the series with this label. */
  series(label: string): (value: number) => void
}

export interface HotHistogramOptions {
  name: string
  help: string
  labelName: string
  /** Upper bounds in ascending order, in the unit of the name. */
  bounds: readonly number[]
}

interface HistogramSeries {
  label: string
  counts: Float64Array
  total: Float64Array
}

export function hotHistogram(registry: Registry, options: HotHistogramOptions): HotHistogram {
  const { bounds } = options
  const known = new Map<string, HistogramSeries>()
  const { name, help, labelName } = options
  registerScraped(registry, { name, help, labelNames: [labelName] }, 'histogram', () =>
    [...known.values()].flatMap((series) => histogramValues(options, series)),
  )
  return {
    series(label) {
      const series = known.get(label) ?? {
        label,
        counts: new Float64Array(bounds.length + 1),
        total: new Float64Array(1),
      }
      known.set(label, series)
      const { counts, total } = series
      return (value) => {
        let index = 0
        while (index < bounds.length && value > (bounds[index] ?? 0)) index += 1
        counts[index] = (counts[index] ?? 0) + 1
        total[0] = (total[0] ?? 0) + value
      }
    },
  }
}

function histogramValues(options: HotHistogramOptions, { label, counts, total }: HistogramSeries) {
  const labels = { [options.labelName]: label }
  let cumulative = 0
  const buckets = [...counts].map((count, index) => {
    cumulative += count
    const le = options.bounds[index] ?? '+Inf'
    return { metricName: `${options.name}_bucket`, labels: { ...labels, le }, value: cumulative }
  })
  return [
    ...buckets,
    { metricName: `${options.name}_sum`, labels, value: total[0] ?? 0 },
    { metricName: `${options.name}_count`, labels, value: cumulative },
  ]
}

export interface HotCounter {
  /** A function that adds one to the series with these labels. */
  series(labels: Record<string, string>): () => void
}

export function hotCounter(
  registry: Registry,
  options: { name: string; help: string; labelNames: readonly string[] },
): HotCounter {
  const known = new Map<string, { labels: Record<string, string>; count: Float64Array }>()
  registerScraped(registry, options, 'counter', () =>
    [...known.values()].map(({ labels, count }) => ({ labels, value: count[0] ?? 0 })),
  )
  return {
    series(labels) {
      const key = JSON.stringify(labels)
      const series = known.get(key) ?? { labels, count: new Float64Array(1) }
      known.set(key, series)
      const { count } = series
      return () => {
        count[0] = (count[0] ?? 0) + 1
      }
    },
  }
}
