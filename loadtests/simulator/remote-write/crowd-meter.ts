import { type JourneyOutcome, type JourneyRecord, journeyOutcomes } from '../../crowd/history.ts'
import type { Http } from '../../crowd/http.ts'
import type { CrowdMetric } from './crowd-metrics.ts'
import { ExponentialBuckets } from './exponential-buckets.ts'
import type { Series } from './write-request.ts'

type CrowdSeries = Series & { name: CrowdMetric }

class Journeys {
  ended = 0
  attempts = 0
  intents = 0
  readonly checkouts = new ExponentialBuckets()
}

class Requests {
  count = 0
  readonly durations = new ExponentialBuckets()

  constructor(readonly labels: Record<string, string>) {}
}

/** What the simulator counts for Prometheus, under the names that k6 gives it. */
export class CrowdMeter {
  readonly #common: Record<string, string>
  #underWay = 0
  #dropped = 0
  /** Every outcome from the start: a series that is born with its first burst shows no rate. */
  readonly #journeys = Object.fromEntries(
    journeyOutcomes.map((outcome) => [outcome, new Journeys()]),
  ) as Record<JourneyOutcome, Journeys>
  readonly #requests = new Map<string, Requests>()

  /** @param common labels of every series: run, arm, block, scenario */
  constructor(common: Record<string, string>) {
    this.#common = common
  }

  begun(): void {
    this.#underWay += 1
  }

  dropped(): void {
    this.#dropped += 1
  }

  ended({ outcome, attempts, intents, checkoutMs }: JourneyRecord): void {
    this.#underWay -= 1
    const journeys = this.#journeys[outcome]
    journeys.ended += 1
    journeys.attempts += attempts
    journeys.intents += intents
    if (checkoutMs !== null) journeys.checkouts.record(checkoutMs / 1000)
  }

  /** The same transport, its requests counted and timed. */
  metered(http: Http): Http {
    return {
      ...http,
      send: async (request) => {
        const startedMs = performance.now()
        const answer = await http.send(request)
        const labels = { name: request.name, status: String(answer.status) }
        const key = `${labels.name} ${labels.status}`
        const requests = this.#requests.get(key) ?? new Requests(labels)
        this.#requests.set(key, requests)
        requests.count += 1
        requests.durations.record((performance.now() - startedMs) / 1000)
        return answer
      },
    }
  }

  series(): CrowdSeries[] {
    const common = this.#common
    const journeys = Object.entries(this.#journeys).flatMap(([outcome, sums]): CrowdSeries[] => {
      const labels = { ...common, outcome }
      return [
        { name: 'k6_stampede_journeys_total', labels, value: sums.ended },
        { name: 'k6_stampede_attempts_total', labels, value: sums.attempts },
        { name: 'k6_stampede_intents_total', labels, value: sums.intents },
        { name: 'k6_stampede_checkout_seconds', labels, value: sums.checkouts.snapshot() },
      ]
    })
    const requests = [...this.#requests.values()].flatMap((sums): CrowdSeries[] => {
      const labels = { ...common, ...sums.labels }
      return [
        { name: 'k6_http_reqs_total', labels, value: sums.count },
        { name: 'k6_http_req_duration_seconds', labels, value: sums.durations.snapshot() },
      ]
    })
    return [
      { name: 'k6_vus', labels: common, value: this.#underWay },
      { name: 'k6_dropped_iterations_total', labels: common, value: this.#dropped },
      ...journeys,
      ...requests,
    ]
  }
}
