/** Every metric of the simulator; names and units are k6's, so that boards know no difference. */
export const crowdMetrics = {
  k6_vus: ['gauge', 'Journeys under way; of k6, the users that it holds ready.'],
  k6_dropped_iterations_total: ['counter', 'Journeys not started: too many under way.'],
  k6_stampede_journeys_total: ['counter', 'Journeys that have ended, by outcome.'],
  k6_stampede_attempts_total: ['counter', 'Requests of ended journeys, by their outcome.'],
  k6_stampede_intents_total: ['counter', 'Things that ended journeys wanted, by their outcome.'],
  k6_stampede_checkout_seconds: [
    'native histogram',
    'From the first order attempt to the answer that settled the purchase.',
  ],
  k6_http_reqs_total: ['counter', 'Requests, by name and status; status 0 is no whole answer.'],
  k6_http_req_duration_seconds: ['native histogram', 'Time of a request, by name and status.'],
} as const

export type CrowdMetric = keyof typeof crowdMetrics
