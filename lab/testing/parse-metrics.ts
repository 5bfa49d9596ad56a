/** One metric as a scrape shows it. */
export interface ScrapedMetric {
  type: string
  /** Sets of label names, each joined by commas; `''` is a series without labels. */
  labels: Set<string>
  values: Map<string, number>
}

/** Reads the Prometheus text format as far as tests need it: no escapes in label values. */
export function parseMetrics(text: string): Map<string, ScrapedMetric> {
  const metrics = new Map<string, ScrapedMetric>()
  for (const line of text.split('\n')) {
    const type = /^# TYPE (\S+) (\S+)$/.exec(line)
    if (type)
      metrics.set(type[1] ?? '', { type: type[2] ?? '', labels: new Set(), values: new Map() })
    const series = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line)
    const metric = series && metrics.get(series[1] ?? '')
    if (!series || !metric) continue
    const [, , labels = '', value] = series
    const names = [...labels.matchAll(/(\w+)="/g)].map((match) => match[1])
    metric.labels.add(names.sort().join(','))
    metric.values.set(labels, Number(value))
  }
  return metrics
}
