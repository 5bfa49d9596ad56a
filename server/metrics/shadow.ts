import type { Registry } from 'prom-client'
import { shadowAxes } from '../designs/flags/shadow.ts'
import { shadowFields } from '../shadow/fields.ts'
import { type ShadowMeter, shadowOutcomes } from '../shadow/record.ts'
import { hotCounter, hotHistogram } from './hot.ts'
import { registerMetrics } from './register.ts'
import { counter, histogram, only } from './table.ts'

const fieldSeries = shadowAxes.flatMap((axis) =>
  shadowFields[axis].map((field) => ({ axis, field })),
)
const fieldLabels = {
  axis: shadowAxes,
  field: [...new Set(fieldSeries.map(({ field }) => field))],
}

/** Seconds: few, since nothing waits for a shadow. */
const buckets = [0.0025, 0.01, 0.05, 0.25, 1]

/** What shadows have compared: requests that run again with another option, once answered. */
export const shadowMetrics = {
  stampede_shadow_requests_total: counter(
    'Requests of a shadow by their end: same; late = same once the declared staleness is over; ' +
      'natural = the served option differs from itself too; mismatched; failed and timed-out = ' +
      'not compared; dropped = more than may run or wait; skipped = cannot be repeated.',
    { axis: shadowAxes, outcome: shadowOutcomes },
  ),
  stampede_shadow_mismatches_total: only(
    counter('Requests in which the options differ in a field and should not.', fieldLabels),
    fieldSeries,
  ),
  stampede_shadow_natural_total: counter(
    'Fields of requests that differ by nature: time, ids, other customers; see /designs/shadow.',
    { axis: shadowAxes },
  ),
  stampede_shadow_blocked_total: counter(
    'Transactions that were seen waiting for locks of a shadow on the shop’s own tables: one run ' +
      'in 0.15 s is looked at, and only where the account may read the table of lock waits.',
    { axis: shadowAxes },
  ),
  stampede_shadow_run_duration_seconds: histogram(
    'Time of one run of an option by a shadow.',
    buckets,
    { axis: shadowAxes },
  ),
}

/** Counts into the registry what shadows compare. */
export function shadowMeter(registry: Registry): ShadowMeter {
  const requests = hotCounter(shadowMetrics.stampede_shadow_requests_total)
  const mismatches = hotCounter(shadowMetrics.stampede_shadow_mismatches_total)
  const natural = hotCounter(shadowMetrics.stampede_shadow_natural_total)
  const blocked = hotCounter(shadowMetrics.stampede_shadow_blocked_total)
  const durations = hotHistogram(shadowMetrics.stampede_shadow_run_duration_seconds)
  registerMetrics(registry, shadowMetrics, {
    stampede_shadow_requests_total: requests.read,
    stampede_shadow_mismatches_total: mismatches.read,
    stampede_shadow_natural_total: natural.read,
    stampede_shadow_blocked_total: blocked.read,
    stampede_shadow_run_duration_seconds: durations.read,
  })
  return {
    ended: (axis, outcome) => requests.series({ axis, outcome })(),
    mismatched: (axis, field) => mismatches.series({ axis, field })(),
    differedByNature: (axis, fields) => natural.series({ axis })(fields),
    blocked: (axis, transactions) => blocked.series({ axis })(transactions),
    ran: (axis, durationMs) => durations.series({ axis })(durationMs / 1000),
  }
}
