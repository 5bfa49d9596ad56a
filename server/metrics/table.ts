/** `untyped` is what mysqld_exporter says of most of SHOW GLOBAL STATUS. */
export type MetricType = 'counter' | 'gauge' | 'histogram' | 'native histogram' | 'untyped'

/**
 * Every value of each label: a closed list, so that no request can add a series. An empty list
 * stands for values that are not known beforehand; the code that sets them bounds their number.
 */
export type Labels = Readonly<Record<string, readonly string[]>>

export type NoLabels = Readonly<Record<never, never>>

/** A metric as data. Its unit is the end of its name, as Prometheus has it: `_seconds_total`. */
export interface Metric<Type extends MetricType = MetricType, Names extends Labels = Labels> {
  readonly type: Type
  readonly help: string
  readonly labels: Names
  /** The combinations of labels that can be, where not every value goes with every other. */
  readonly series?: readonly Readonly<Record<string, string>>[]
  /** Upper bounds of a histogram in ascending order, in the unit of the name. */
  readonly buckets?: readonly number[]
  /** Of an untyped metric that grows as a counter does. */
  readonly isTotal?: boolean
}

/** Metrics by name: read by registries, reference page, lint of the boards and fake exporter. */
export type MetricTable = Readonly<Record<string, Metric>>

interface Declare<Type extends MetricType> {
  (help: string): Metric<Type, NoLabels>
  <const Names extends Labels>(help: string, labels: Names): Metric<Type, Names>
}

const declare =
  <Type extends MetricType>(type: Type): Declare<Type> =>
  (help: string, labels: Labels = {}) => ({ type, help, labels: labels as never })

export const counter = declare('counter')
export const gauge = declare('gauge')

/** @param buckets upper bounds in ascending order, in the unit of the name */
export const histogram = <const Names extends Labels>(
  help: string,
  buckets: readonly number[],
  labels: Names,
): Metric<'histogram', Names> => ({ type: 'histogram', help, labels, buckets })

/** The same metric, of which only these combinations of labels can be. */
export const only = <One extends Metric>(
  metric: One,
  series: readonly { readonly [Name in keyof One['labels']]: string }[],
): One => ({ ...metric, series })

/** Every combination of labels that a metric of closed lists can ever have. */
export function seriesOf({ labels, series }: Metric): readonly Readonly<Record<string, string>>[] {
  if (series) return series
  return Object.entries(labels).reduce<Record<string, string>[]>(
    (all, [name, values]) =>
      all.flatMap((one) => values.map((value) => ({ ...one, [name]: value }))),
    [{}],
  )
}

/** Whether the metric is a total, whose rate is of interest and not its value. */
export const onlyGrows = ({ type, isTotal = false }: Metric): boolean =>
  isTotal || type === 'counter' || type === 'histogram' || type === 'native histogram'

/** Seconds: fine where a healthy answer lies, coarse up to the longest deadline. */
export const durationBuckets: readonly number[] = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
]
