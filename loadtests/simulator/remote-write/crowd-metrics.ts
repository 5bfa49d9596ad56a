import { journeyOutcomes } from '../../crowd/history.ts'

const byOutcome = { outcome: journeyOutcomes }

/** The values are from the closed list of journey steps, and from HTTP. */
const byRequest = { name: [], status: [] }

/** Every metric of the simulator; names and units are k6's, so that boards know no difference. */
export const crowdMetrics = {
  k6_vus: {
    type: 'gauge',
    help: 'Journeys under way; of k6, the users that it holds ready.',
    labels: {},
  },
  k6_dropped_iterations_total: {
    type: 'counter',
    help: 'Journeys not started: too many under way.',
    labels: {},
  },
  k6_stampede_journeys_total: {
    type: 'counter',
    help: 'Journeys that have ended, by outcome.',
    labels: byOutcome,
  },
  k6_stampede_attempts_total: {
    type: 'counter',
    help: 'Requests of ended journeys, by their outcome.',
    labels: byOutcome,
  },
  k6_stampede_intents_total: {
    type: 'counter',
    help: 'Things that ended journeys wanted, by their outcome.',
    labels: byOutcome,
  },
  k6_stampede_checkout_seconds: {
    type: 'native histogram',
    help: 'From the first order attempt to the answer that settled the purchase.',
    labels: byOutcome,
  },
  k6_http_reqs_total: {
    type: 'counter',
    help: 'Requests, by name and status; status 0 is no whole answer.',
    labels: byRequest,
  },
  k6_http_req_duration_seconds: {
    type: 'native histogram',
    help: 'Time of a request, by name and status.',
    labels: byRequest,
  },
} as const

export type CrowdMetric = keyof typeof crowdMetrics
