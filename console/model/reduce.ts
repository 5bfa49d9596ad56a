import { drawable } from './prometheus.ts'

type Values = readonly (number | null)[]

/** NaN and the infinities count for nothing but `last` and `first`. */
const present = (values: Values) => values.map(drawable).filter((value) => value !== null)
const sum = (values: number[]) => values.reduce((total, value) => total + value, 0)
const none = (values: number[]) => values.length === 0

/** Grafana's calculations of one figure from a series: what stands in legends and stats. */
const reducers: Record<string, (values: Values) => number | null> = {
  last: (values) => values.at(-1) ?? null,
  lastNotNull: (values) => values.findLast((value) => value !== null) ?? null,
  first: (values) => values[0] ?? null,
  firstNotNull: (values) => values.find((value) => value !== null) ?? null,
  count: (values) => values.length,
  sum: (values) => over(values, sum),
  mean: (values) => over(values, (numbers) => sum(numbers) / numbers.length),
  min: (values) => over(values, (numbers) => numbers.reduce((a, b) => Math.min(a, b))),
  max: (values) => over(values, (numbers) => numbers.reduce((a, b) => Math.max(a, b))),
  range: (values) => {
    const [low, high] = [reducers.min?.(values), reducers.max?.(values)]
    return low === null || high === null ? null : (high ?? 0) - (low ?? 0)
  },
  delta: (values) => over(values, climbed),
  diff: (values) => over(values, (numbers) => (numbers.at(-1) ?? 0) - (numbers[0] ?? 0)),
  median: (values) => percentile(values, 0.5),
  p50: (values) => percentile(values, 0.5),
  p90: (values) => percentile(values, 0.9),
  p95: (values) => percentile(values, 0.95),
  p99: (values) => percentile(values, 0.99),
}

function over(values: Values, how: (numbers: number[]) => number): number | null {
  const numbers = present(values)
  return none(numbers) ? null : how(numbers)
}

/** What a counter has gained, resets counted from zero. */
function climbed(numbers: number[]): number {
  return numbers.reduce((gained, value, at) => {
    const before = numbers[at - 1]
    if (before === undefined) return 0
    return gained + (value >= before ? value - before : value)
  }, 0)
}

function percentile(values: Values, share: number): number | null {
  const sorted = present(values).sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? null
}

/** A calculation by Grafana's name; null for nothing to calculate or a name that is unknown. */
export function reduced(values: Values, calculation: string): number | null {
  return Object.hasOwn(reducers, calculation) ? (reducers[calculation]?.(values) ?? null) : null
}
