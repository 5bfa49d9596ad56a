import type { JourneyRecord } from '../../crowd/history.ts'
import type { Http } from '../../crowd/http.ts'
import { createExponentialBuckets, type ExponentialBuckets } from './exponential-buckets.ts'
import type { Series } from './write-request.ts'

/** What the simulator tells Prometheus, under the names that k6 gives it. */
export interface CrowdMeter {
  begun(): void
  dropped(): void
  ended(record: JourneyRecord): void
  /** The same transport, its requests counted and timed. */
  metered(http: Http): Http
  series(): Series[]
}

interface Requests {
  labels: Record<string, string>
  durations: ExponentialBuckets
  count: number
}

/** @param common labels of every series: run, arm, block, scenario */
export function createCrowdMeter(common: Record<string, string>): CrowdMeter {
  const journeys = new Map<string, { journeys: number; attempts: number; intents: number }>()
  const checkouts = new Map<string, ExponentialBuckets>()
  const requests = new Map<string, Requests>()
  const crowd = { underWay: 0, dropped: 0 }
  return {
    begun() {
      crowd.underWay += 1
    },
    dropped() {
      crowd.dropped += 1
    },
    ended({ outcome, attempts, intents, checkoutMs }) {
      crowd.underWay -= 1
      const sums = known(journeys, outcome, () => ({ journeys: 0, attempts: 0, intents: 0 }))
      sums.journeys += 1
      sums.attempts += attempts
      sums.intents += intents
      if (checkoutMs === null) return
      known(checkouts, outcome, createExponentialBuckets).record(checkoutMs / 1000)
    },
    metered: (http) => ({
      ...http,
      async send(request) {
        const startedMs = performance.now()
        const answer = await http.send(request)
        const labels = { name: request.name, status: String(answer.status) }
        const one = known(requests, `${request.name} ${answer.status}`, () => ({
          labels,
          durations: createExponentialBuckets(),
          count: 0,
        }))
        one.count += 1
        one.durations.record((performance.now() - startedMs) / 1000)
        return answer
      },
    }),
    series: () => [
      { name: 'k6_vus', labels: common, value: crowd.underWay },
      { name: 'k6_dropped_iterations_total', labels: common, value: crowd.dropped },
      ...[...journeys].flatMap(([outcome, sums]) => {
        const labels = { ...common, outcome }
        return [
          { name: 'k6_stampede_journeys_total', labels, value: sums.journeys },
          { name: 'k6_stampede_attempts_total', labels, value: sums.attempts },
          { name: 'k6_stampede_intents_total', labels, value: sums.intents },
        ]
      }),
      ...[...checkouts].map(([outcome, buckets]) => ({
        name: 'k6_stampede_checkout_seconds',
        labels: { ...common, outcome },
        value: buckets.snapshot(),
      })),
      ...[...requests.values()].flatMap(({ labels: own, durations, count }) => {
        const labels = { ...common, ...own }
        return [
          { name: 'k6_http_reqs_total', labels, value: count },
          { name: 'k6_http_req_duration_seconds', labels, value: durations.snapshot() },
        ]
      }),
    ],
  }
}

function known<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const value = map.get(key) ?? make()
  map.set(key, value)
  return value
}
