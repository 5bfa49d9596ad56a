import { constant, type Values, type VariableValue } from './interpolate.ts'
import { formatDuration, type TimeRange } from './time-range.ts'

/**
 * `$__interval`, `$__rate_interval` (at least four scrapes, as in Grafana), `$__range` and their
 * kin, over the board's own variables.
 */
export function withBuiltIns(
  values: Values,
  range: TimeRange,
  stepMs: number,
  scrapeMs: number,
): Values {
  const rateMs = Math.max(stepMs + scrapeMs, 4 * scrapeMs)
  const rangeMs = range.toMs - range.fromMs
  const all = new Map<string, VariableValue>(values)
  const builtIns: Record<string, string> = {
    __interval: formatDuration(stepMs),
    __interval_ms: String(stepMs),
    __rate_interval: formatDuration(rateMs),
    __rate_interval_ms: String(rateMs),
    __range: formatDuration(Math.round(rangeMs / 1000) * 1000 || 1000),
    __range_s: String(Math.round(rangeMs / 1000)),
    __range_ms: String(rangeMs),
    __from: String(range.fromMs),
    __to: String(range.toMs),
  }
  for (const [name, value] of Object.entries(builtIns)) all.set(name, constant(value))
  return all
}
