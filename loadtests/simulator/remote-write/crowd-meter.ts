import type { JourneyRecord } from '../../crowd/history.ts'
import type { Http } from '../../crowd/http.ts'
import type { CrowdMetric } from './crowd-metrics.ts'
import { createExponentialBuckets, type ExponentialBuckets } from './exponential-buckets.ts'
import type { Series } from './write-request.ts'

type CrowdSeries = Series & { name: CrowdMetric }

/** What the simulator tells Prometheus, under the names that k6 gives it. */
export interface CrowdMeter {
  begun(): void
  dropped(): void
  ended(record: JourneyRecord): void
  /** The same transport, its requests counted and timed. */
  metered(http: Http): Http
  series(): CrowdSeries[]
}

interface Outcome {
  journeys: number
  attempts: number
  intents: number
  checkouts: ExponentialBuckets
}

interface Requests {
  labels: Record<string, string>
  durations: ExponentialBuckets
  count: number
}

interface Crowd {
  underWay: number
  dropped: number
  outcomes: Map<string, Outcome>
  requests: Map<string, Requests>
}

/** @param common labels of every series: run, arm, block, scenario */
export function createCrowdMeter(common: Record<string, string>): CrowdMeter {
  const crowd: Crowd = { underWay: 0, dropped: 0, outcomes: new Map(), requests: new Map() }
  return {
    begun() {
      crowd.underWay += 1
    },
    dropped() {
      crowd.dropped += 1
    },
    ended({ outcome, attempts, intents, checkoutMs }) {
      crowd.underWay -= 1
      const sums = known(crowd.outcomes, outcome, newOutcome)
      sums.journeys += 1
      sums.attempts += attempts
      sums.intents += intents
      if (checkoutMs !== null) sums.checkouts.record(checkoutMs / 1000)
    },
    metered: (http) => ({
      ...http,
      async send(request) {
        const startedMs = performance.now()
        const answer = await http.send(request)
        const one = known(crowd.requests, `${request.name} ${answer.status}`, () =>
          newRequests(request.name, answer.status),
        )
        one.count += 1
        one.durations.record((performance.now() - startedMs) / 1000)
        return answer
      },
    }),
    series: () => seriesOf(crowd, common),
  }
}

function seriesOf(crowd: Crowd, common: Record<string, string>): CrowdSeries[] {
  const { underWay, dropped, outcomes, requests } = crowd
  return [
    { name: 'k6_vus', labels: common, value: underWay },
    { name: 'k6_dropped_iterations_total', labels: common, value: dropped },
    ...[...outcomes].flatMap(
      ([outcome, { journeys, attempts, intents, checkouts }]): CrowdSeries[] => {
        const labels = { ...common, outcome }
        return [
          { name: 'k6_stampede_journeys_total', labels, value: journeys },
          { name: 'k6_stampede_attempts_total', labels, value: attempts },
          { name: 'k6_stampede_intents_total', labels, value: intents },
          { name: 'k6_stampede_checkout_seconds', labels, value: checkouts.snapshot() },
        ]
      },
    ),
    ...[...requests.values()].flatMap(({ labels: own, durations, count }): CrowdSeries[] => {
      const labels = { ...common, ...own }
      return [
        { name: 'k6_http_reqs_total', labels, value: count },
        { name: 'k6_http_req_duration_seconds', labels, value: durations.snapshot() },
      ]
    }),
  ]
}

const newOutcome = (): Outcome => ({
  journeys: 0,
  attempts: 0,
  intents: 0,
  checkouts: createExponentialBuckets(),
})

const newRequests = (name: string, status: number): Requests => ({
  labels: { name, status: String(status) },
  durations: createExponentialBuckets(),
  count: 0,
})

function known<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const value = map.get(key) ?? make()
  map.set(key, value)
  return value
}
