import { faultMetrics } from '../../chaos/metrics.ts'
import { runMetrics } from '../../experiments/watch/run-board.ts'
import { mySqlMetrics } from '../../lab/sampler/mysql.ts'
import { redisMetrics } from '../../lab/sampler/redis.ts'
import { crowdMetrics } from '../../loadtests/simulator/remote-write/crowd-metrics.ts'
import { couponGatewayMetrics } from '../../server/coupon-gateway/metrics.ts'
import { serverMetrics, workerProcessMetrics } from '../../server/metrics/catalogue.ts'
import type { MetricTable } from '../../server/metrics/table.ts'
import { sequenceMetrics } from '../../server/tickets/metrics.ts'

/** What exposes metrics, and the labels that all its series have besides their own. */
export interface Exposed {
  title: string
  /** A remark for the reference page. */
  about?: string
  labels: readonly string[]
  /** Pushed by remote write, not scraped. */
  isPushed?: true
  metrics: MetricTable
}

/** Every metric, by what exposes it. */
export const catalogue: readonly Exposed[] = [
  { title: 'API server', labels: ['arm'], metrics: { ...serverMetrics, ...faultMetrics } },
  { title: 'Worker', labels: ['arm'], metrics: { ...workerProcessMetrics, ...faultMetrics } },
  { title: 'Ticket server', labels: ['arm'], metrics: { ...sequenceMetrics, ...faultMetrics } },
  {
    title: 'Coupon gateway',
    labels: ['arm'],
    metrics: { ...couponGatewayMetrics, ...faultMetrics },
  },
  { title: 'Sampler, /mysql', labels: [], metrics: mySqlMetrics },
  { title: 'Sampler, /redis', labels: [], metrics: redisMetrics },
  { title: 'Harness', labels: [], metrics: runMetrics },
  {
    title: 'Crowd',
    about:
      'Pushed by remote write, from k6 and, under the same names, from the simulator; k6 sends ' +
      'more of its own. All are labelled `run`, `arm`, `block`, `scenario` (but k6’s `k6_vus`).',
    labels: ['run', 'arm', 'block', 'scenario'],
    isPushed: true,
    metrics: crowdMetrics,
  },
]

/** Every metric by its name. */
export const knownMetrics: MetricTable = Object.assign(
  {},
  ...catalogue.map(({ metrics }) => metrics),
)
