import { Gauge, type Registry } from 'prom-client'
import type { Metric, MetricTable } from './table.ts'

/** The value of one series. */
export interface LabelledValue {
  readonly labels: Readonly<Record<string, string | number>>
  readonly value: number
  /** Of a histogram: `_bucket`, `_sum` or `_count`, which is put after the metric's name. */
  readonly suffix?: string
}

export type AnyReading =
  | number
  | undefined
  | Readonly<Record<string, number>>
  | readonly LabelledValue[]

/**
 * What a scrape reads: a number of a metric without labels, numbers by the value of an only label,
 * or every series with its labels. No series while it is undefined, which means "not known".
 */
export type Reading<One extends Metric> = Metric extends One
  ? AnyReading
  : One['type'] extends 'histogram'
    ? readonly LabelledValue[]
    : keyof One['labels'] extends never
      ? number | undefined
      : Exclude<AnyReading, number>

/** How each metric of a table is read, by its name. */
export type Readings<Table extends MetricTable> = {
  readonly [Name in keyof Table]: () => Reading<Table[Name]>
}

/**
 * Puts every metric of a table into the registry, to be read at each scrape.
 * @throws Error when the registry has one of the names already
 */
export function registerMetrics<Table extends MetricTable>(
  registry: Registry,
  table: Table,
  readings: Readings<Table>,
): void {
  for (const [name, metric] of Object.entries(table)) {
    new ScrapedMetric(registry, name, metric, readings[name as keyof Table])
  }
}

/** One of prom-client's metrics, whose type and values are those of the table and the reading. */
class ScrapedMetric extends Gauge {
  readonly #name: string
  readonly #metric: Metric
  readonly #read: () => AnyReading

  constructor(registry: Registry, name: string, metric: Metric, read: () => AnyReading) {
    const labelNames = Object.keys(metric.labels)
    super({ name, help: metric.help, labelNames, registers: [registry] })
    this.#name = name
    this.#metric = metric
    this.#read = read
  }

  override async get() {
    const { type, labels } = this.#metric
    const values = seriesOf(this.#read(), Object.keys(labels)).map(
      ({ suffix = '', ...series }) => ({
        ...series,
        metricName: this.#name + suffix,
      }),
    )
    return Object.assign(await super.get(), { type, values })
  }
}

function seriesOf(reading: AnyReading, [label = '']: string[]): readonly LabelledValue[] {
  if (reading === undefined) return []
  if (typeof reading === 'number') return [{ labels: {}, value: reading }]
  if (isList(reading)) return reading
  return Object.entries(reading).map(([key, value]) => ({ labels: { [label]: key }, value }))
}

const isList = (reading: object): reading is readonly LabelledValue[] => Array.isArray(reading)

/** Readings of one metric by several that count into it, added up series by series. */
export function totalOf([first, ...others]: readonly AnyReading[]): AnyReading {
  if (others.length === 0 || typeof first !== 'object') {
    return others.reduce<AnyReading>((sum, one) => Number(sum) + Number(one), first)
  }
  if (isList(first)) throw new Error('readings of many labels are not added up')
  const all = [first, ...others] as Readonly<Record<string, number>>[]
  const sum = (key: string) => all.reduce((total, one) => total + (one[key] ?? 0), 0)
  return Object.fromEntries(Object.keys(first).map((key) => [key, sum(key)]))
}
