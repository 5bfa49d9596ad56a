import type { Registry } from 'prom-client'
import { hotCounter, hotHistogram } from './hot.ts'
import { scrapedGauge } from './scraped.ts'

/**
 * Counts the requests of one route: status, duration in ms, and the client's count of its tries.
 */
export type RecordRequest = (status: number, durationMs: number, attempt: number) => void

export interface RequestMeter {
  route(name: string): RecordRequest
  /** Requests that a handler works on now. */
  inFlight: { now: number }
}

/** Counts nothing: what observation costs is measured against this. */
export const silentMeter = (): RequestMeter => ({ route: () => () => {}, inFlight: { now: 0 } })

/** Seconds: fine where a healthy answer lies, coarse up to the longest deadline. */
export const durationBounds = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
] as const

export function requestMeter(registry: Registry): RequestMeter {
  const durations = hotHistogram(registry, {
    name: 'stampede_http_request_duration_seconds',
    help: 'Time from the first byte of a request handled to its answer, by route.',
    labelName: 'route',
    bounds: durationBounds,
  })
  const requests = hotCounter(registry, {
    name: 'stampede_http_requests_total',
    help: 'Requests answered, by route and status code.',
    labelNames: ['route', 'code'],
  })
  const attempts = hotCounter(registry, {
    name: 'stampede_client_attempts_total',
    help: 'Requests that carried x-attempt, by route: every try of every intent.',
    labelNames: ['route'],
  })
  const intents = hotCounter(registry, {
    name: 'stampede_client_intents_total',
    help: 'First tries (x-attempt: 1), by route: things that clients wanted.',
    labelNames: ['route'],
  })
  const inFlight = { now: 0 }
  scrapedGauge(
    registry,
    'stampede_http_requests_in_flight',
    'Requests that a handler works on now.',
    () => inFlight.now,
  )
  return {
    inFlight,
    route(name) {
      const duration = durations.series(name)
      const attempted = attempts.series({ route: name })
      const intended = intents.series({ route: name })
      const byStatus: (() => void)[] = []
      return (status, durationMs, attempt) => {
        duration(durationMs / 1000)
        let count = byStatus[status]
        if (!count) {
          count = requests.series({ route: name, code: String(status) })
          byStatus[status] = count
        }
        count()
        if (attempt >= 1) attempted()
        if (attempt === 1) intended()
      }
    },
  }
}
