// One customer who buys one item, with nothing but k6's own interface: no crowd of Stampede's.
// k6 run -e STAMPEDE_TARGET=http://127.0.0.1:PORT examples/k6-by-hand.ts
import { check } from 'k6'
import exec from 'k6/execution'
import http from 'k6/http'
import type { Options } from 'k6/options'

declare const __ENV: Record<string, string | undefined>

const shop = `${__ENV.STAMPEDE_TARGET ?? 'http://127.0.0.1:3000'}/api/v1`

export const options: Options = {
  scenarios: {
    // An open model: arrivals do not wait for answers, so a slow shop gets no relief.
    spike: {
      executor: 'ramping-arrival-rate',
      startRate: 2,
      preAllocatedVUs: 50,
      stages: [
        { duration: '1s', target: 2 },
        { duration: '1s', target: 20 },
        { duration: '2s', target: 20 },
      ],
    },
  },
  thresholds: {
    checks: ['rate>0.99'],
    // Arrivals that k6 could not start would make the shop look better than it is.
    dropped_iterations: ['count==0'],
  },
}

// Sold out and declined are right answers.
http.setResponseCallback(http.expectedStatuses(201, 402, 409))

export default function buy(): void {
  const number = exec.scenario.iterationInTest
  const order = {
    userId: String(1 + (number % 20)),
    items: [{ optionId: String(1 + (number % 10)), quantity: 1 }],
    payment: { method: 'card', cardToken: 'card-ok' },
  }
  const answer = http.post(`${shop}/orders`, JSON.stringify(order), {
    headers: {
      'content-type': 'application/json',
      // The same for every retry of this order, and never used again.
      'idempotency-key': `by-hand-${exec.scenario.startTime}-${number}`,
    },
    tags: { name: 'orders.create' },
  })
  check(answer, { 'an order or a right refusal': ({ status }) => [201, 402, 409].includes(status) })
}
