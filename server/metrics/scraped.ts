import type { Registry } from 'prom-client'

/** `untyped` is what mysqld_exporter says of most things that SHOW GLOBAL STATUS shows. */
export type MetricType = 'counter' | 'gauge' | 'histogram' | 'untyped'

export interface MetricHead {
  name: string
  help: string
  /** Names of the labels, for the reference page; each metric's values are a closed list. */
  labelNames?: readonly string[]
}

export interface ScrapedValue {
  /** Where it differs from the metric's own name: `…_bucket`, `…_sum`, `…_count`. */
  metricName?: string
  labels: Record<string, string | number>
  value: number
}

/**
 * A metric whose values are made when it is scraped; nothing is kept here. prom-client renders
 * anything that has a name and answers `get()` with values.
 * @throws Error when the registry has the name already
 */
export function registerScraped(
  registry: Registry,
  { name, help, labelNames = [] }: MetricHead,
  type: MetricType,
  values: () => ScrapedValue[],
): void {
  const metric = {
    name,
    help,
    type,
    labelNames,
    aggregator: 'sum',
    get: async () => ({ name, help, type, aggregator: 'sum', values: values() }),
    reset: () => {},
  }
  registry.registerMetric(metric as never)
}

/** A gauge without labels; no series while `read` answers undefined, which is "not known". */
export function scrapedGauge(
  registry: Registry,
  name: string,
  help: string,
  read: () => number | undefined,
): void {
  registerScraped(registry, { name, help }, 'gauge', () => plainValue(read()))
}

/** A counter without labels, whose total is kept elsewhere. */
export function scrapedCounter(
  registry: Registry,
  name: string,
  help: string,
  total: () => number,
): void {
  registerScraped(registry, { name, help }, 'counter', () => plainValue(total()))
}

/** A metric with one label: its values by the label's. */
export function scrapedByLabel(
  registry: Registry,
  head: { name: string; help: string; labelName: string },
  type: 'counter' | 'gauge',
  read: () => Record<string, number>,
): void {
  const { name, help, labelName } = head
  registerScraped(registry, { name, help, labelNames: [labelName] }, type, () =>
    Object.entries(read()).map(([key, value]) => ({ labels: { [labelName]: key }, value })),
  )
}

const plainValue = (value: number | undefined): ScrapedValue[] =>
  value === undefined ? [] : [{ labels: {}, value }]
