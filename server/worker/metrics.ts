import type { Registry } from 'prom-client'
import { handlers } from '../designs/effects/handlers.ts'
import { hotHistogram } from '../metrics/hot.ts'
import { registerMetrics } from '../metrics/register.ts'
import { counter, durationBuckets, gauge, histogram } from '../metrics/table.ts'
import { type Backlog, jobStates, openDispatchStatuses, openSagaStatuses } from './backlog.ts'
import type { CouponPool } from './coupon-pool.ts'
import type { EffectMeter } from './effects.ts'
import type { Loop } from './loop.ts'
import { counterSeries, type SequenceCounter, sequenceCounterMetrics } from './sequence-counters.ts'

/** What the worker has done since it started, and its backlog as last read. */
export interface WorkerState {
  effects: { done: number; retried: number; dead: number }
  sagasRecovered: number
  couponNumbersMade: number
  backlog: Backlog | undefined
}

/** Older than this a reading says nothing about now: its series end. */
const freshMsMax = 5000

/** Of products with a low-water mark, of which a hundred are read at most. */
const perProduct = { product: [] }

export const workerMetrics = {
  stampede_effects_done_total: counter('Effects applied.'),
  stampede_effects_retried_total: counter('Effects that failed and will be tried again.'),
  stampede_effects_dead_total: counter('Effects given up after the last try.'),
  stampede_sagas_recovered_total: counter('Interrupted sagas finished or undone.'),
  stampede_outbox_pending: gauge('Events written that no queue has yet.'),
  stampede_outbox_oldest_seconds: gauge(
    'Age of the oldest event that no queue has yet; 0 when there is none.',
  ),
  stampede_queue_jobs: gauge('Effects in the queue, by state.', { state: jobStates }),
  stampede_sagas_open: gauge('Sagas not yet done or undone, by status.', {
    status: openSagaStatuses,
  }),
  stampede_sagas_stuck: gauge('Sagas still open after 10 tries of recovery.'),
  stampede_loop_age_seconds: gauge('Time since a turn of the loop last ended.', { loop: [] }),
  stampede_dispatches: gauge(
    'Paid orders in the warehouse that wait or are taken, up to 10,000 of each.',
    {
      status: openDispatchStatuses,
    },
  ),
  stampede_intakes_waiting: gauge('Orders that were taken in and wait to be placed.'),
  stampede_intakes_oldest_seconds: gauge(
    'Age of the oldest order that waits to be placed; 0 when there is none.',
  ),
  stampede_coupon_numbers_free: gauge(
    'Free coupon numbers, by product, up to 10,000 of each.',
    perProduct,
  ),
  stampede_coupon_numbers_low_water: gauge(
    'Free numbers below which new ones are made, by product.',
    perProduct,
  ),
  stampede_coupon_numbers_made_total: counter('Coupon numbers made.'),
  ...sequenceCounterMetrics,
}

/** @param loops those that run, as soon as they do */
export function registerWorkerMetrics(
  registry: Registry,
  state: WorkerState,
  loops: () => readonly Loop[],
): void {
  const { effects } = state
  const fresh = () => {
    const { backlog } = state
    return backlog && performance.now() - backlog.readAtMs < freshMsMax ? backlog : undefined
  }
  const pools = (figure: (pool: CouponPool) => number) => {
    const entries = fresh()?.couponPools.map((pool) => [pool.productId, figure(pool)])
    return entries && Object.fromEntries(entries)
  }
  const counters = (figure: (counter: SequenceCounter) => number) => () =>
    counterSeries(fresh()?.sequences, figure)
  registerMetrics(registry, workerMetrics, {
    stampede_effects_done_total: () => effects.done,
    stampede_effects_retried_total: () => effects.retried,
    stampede_effects_dead_total: () => effects.dead,
    stampede_sagas_recovered_total: () => state.sagasRecovered,
    stampede_outbox_pending: () => fresh()?.outboxPending,
    stampede_outbox_oldest_seconds: () => fresh()?.outboxOldestSeconds,
    stampede_queue_jobs: () => fresh()?.queueJobs,
    stampede_sagas_open: () => fresh()?.openSagas,
    stampede_sagas_stuck: () => fresh()?.stuckSagas,
    stampede_loop_age_seconds: () =>
      loops().map((loop) => ({ labels: { loop: loop.name }, value: loop.ageMs() / 1000 })),
    stampede_dispatches: () => fresh()?.dispatches,
    stampede_intakes_waiting: () => fresh()?.intakesWaiting,
    stampede_intakes_oldest_seconds: () => fresh()?.intakesOldestSeconds,
    stampede_coupon_numbers_free: () => pools(({ free }) => free),
    stampede_coupon_numbers_low_water: () => pools(({ lowWater }) => lowWater),
    stampede_coupon_numbers_made_total: () => state.couponNumbersMade,
    stampede_sequence_value: counters(({ value }) => value),
    stampede_sequence_retired: counters(({ isRetired }) => Number(isRetired)),
    stampede_sequence_ids_since_retired: counters(({ sinceRetired }) => sinceRetired),
  })
}

/** Seconds, fine where a relay that is woken lies. */
const lagBuckets = [
  ...Array.from({ length: 20 }, (_, index) => (index + 1) / 1000),
  ...[0.025, 0.03, 0.04, 0.05, 0.075, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
]

const labels = { handler: Object.keys(handlers) }

export const effectMetrics = {
  stampede_effect_duration_seconds: histogram(
    'Time of one try to apply an effect, by handler.',
    durationBuckets,
    labels,
  ),
  stampede_effect_lag_seconds: histogram(
    'Time from the writing of an event, just before its commit, until its effect is done.',
    lagBuckets,
    labels,
  ),
}

/** How long effects take and how late they come, a series for each handler. */
export function registerEffectMetrics(registry: Registry): EffectMeter {
  const durations = hotHistogram(effectMetrics.stampede_effect_duration_seconds)
  const lags = hotHistogram(effectMetrics.stampede_effect_lag_seconds)
  registerMetrics(registry, effectMetrics, {
    stampede_effect_duration_seconds: durations.read,
    stampede_effect_lag_seconds: lags.read,
  })
  const took = new Map(Object.entries(durations.each('handler')))
  const lagged = new Map(Object.entries(lags.each('handler')))
  return {
    took: (handler, durationMs) => took.get(handler)?.(durationMs / 1000),
    lagged: (handler, lagMs) => lagged.get(handler)?.(lagMs / 1000),
  }
}
