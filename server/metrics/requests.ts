import type { Registry } from 'prom-client'
import { answersOf, otherAnswers, statusesOf } from '../route-answers.ts'
import { routeNames } from '../route-names.ts'
import { hotCounter, hotHistogram } from './hot.ts'
import { registerMetrics } from './register.ts'
import { type RequestSql, sqlMeter } from './sql.ts'
import { counter, durationBuckets, gauge, histogram, only } from './table.ts'

/** Counts a request of one route: status, duration in ms, and the client's count of its tries. */
export type RecordRequest = (status: number, durationMs: number, attempt: number) => void

export interface RequestMeter {
  route(name: string): RecordRequest
  /** Requests that a handler works on now. */
  inFlight: { now: number }
  /** Opens a tally of the SQL of one request; undefined where nothing is counted. */
  sql?(route: string): () => RequestSql
}

/** Counts nothing: what observation costs is measured against this. */
export const silentMeter = (): RequestMeter => ({ route: () => () => {}, inFlight: { now: 0 } })

/** Values of the label `route`. */
export const meteredRoutes = [...routeNames, 'other'] as const
const labels = { route: meteredRoutes }

const codes = meteredRoutes.flatMap((route) =>
  statusesOf(route === 'other' ? otherAnswers : answersOf[route]).map((status) => ({
    route,
    code: String(status),
  })),
)

export const requestMetrics = {
  stampede_http_request_duration_seconds: histogram(
    'Time from the first byte of a request handled to its answer, by route.',
    durationBuckets,
    labels,
  ),
  stampede_http_requests_total: only(
    counter('Requests answered, by route and status code.', {
      ...labels,
      code: [...new Set(codes.map(({ code }) => code))].sort(),
    }),
    codes,
  ),
  stampede_client_attempts_total: counter(
    'Requests that carried x-attempt, by route: every try of every intent.',
    labels,
  ),
  stampede_client_intents_total: counter(
    'First tries (x-attempt: 1), by route: things that clients wanted.',
    labels,
  ),
  stampede_http_requests_in_flight: gauge('Requests that a handler works on now.'),
}

export function requestMeter(registry: Registry): RequestMeter {
  const durations = hotHistogram(requestMetrics.stampede_http_request_duration_seconds)
  const requests = hotCounter(requestMetrics.stampede_http_requests_total)
  const attempts = hotCounter(requestMetrics.stampede_client_attempts_total)
  const intents = hotCounter(requestMetrics.stampede_client_intents_total)
  const inFlight = { now: 0 }
  registerMetrics(registry, requestMetrics, {
    stampede_http_request_duration_seconds: durations.read,
    stampede_http_requests_total: requests.read,
    stampede_client_attempts_total: attempts.read,
    stampede_client_intents_total: intents.read,
    stampede_http_requests_in_flight: () => inFlight.now,
  })
  return {
    inFlight,
    sql: sqlMeter(registry),
    route(route) {
      const duration = durations.series({ route })
      const attempted = attempts.series({ route })
      const intended = intents.series({ route })
      const byStatus: (() => void)[] = []
      return (status, durationMs, attempt) => {
        duration(durationMs / 1000)
        byStatus[status] ??= requests.series({ route, code: String(status) })
        byStatus[status]()
        if (attempt >= 1) attempted()
        if (attempt === 1) intended()
      }
    },
  }
}
