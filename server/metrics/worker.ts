import type { Registry } from 'prom-client'
import type { EffectMeter } from '../worker/effects.ts'
import { hotHistogram } from './hot.ts'
import { durationBounds } from './requests.ts'
import { scrapedByLabel, scrapedCounter, scrapedGauge } from './scraped.ts'

/** What the worker has done since it began, and what waits, as it last saw it. */
export interface WorkerState {
  effects: { done: number; retried: number; dead: number }
  sagasRecovered: number
  backlog:
    | {
        /** Monotonic clock. */
        readAtMs: number
        outboxPending: number
        outboxOldestSeconds: number
        queueJobs: Record<string, number>
        openSagas: Record<string, number>
        dispatches: Record<string, number>
      }
    | undefined
}

/** Older than this a reading says nothing about now: its series end. */
const freshMsMax = 5000

export function registerWorkerMetrics(registry: Registry, state: WorkerState): void {
  const { effects } = state
  const counter = (name: string, help: string, total: () => number) =>
    scrapedCounter(registry, name, help, total)
  counter('stampede_effects_done_total', 'Effects applied.', () => effects.done)
  counter(
    'stampede_effects_retried_total',
    'Effects that failed and will be tried again.',
    () => effects.retried,
  )
  counter('stampede_effects_dead_total', 'Effects given up after the last try.', () => effects.dead)
  counter(
    'stampede_sagas_recovered_total',
    'Interrupted sagas finished or undone.',
    () => state.sagasRecovered,
  )
  meterBacklog(registry, () => {
    const { backlog } = state
    return backlog && performance.now() - backlog.readAtMs < freshMsMax ? backlog : undefined
  })
}

function meterBacklog(registry: Registry, fresh: () => WorkerState['backlog']): void {
  scrapedGauge(
    registry,
    'stampede_outbox_pending',
    'Events written that no queue has yet.',
    () => fresh()?.outboxPending,
  )
  scrapedGauge(
    registry,
    'stampede_outbox_oldest_seconds',
    'Age of the oldest event that no queue has yet; 0 when there is none.',
    () => fresh()?.outboxOldestSeconds,
  )
  const jobs = { name: 'stampede_queue_jobs', help: 'Effects in the queue, by state.' }
  scrapedByLabel(registry, { ...jobs, labelName: 'state' }, 'gauge', () => fresh()?.queueJobs ?? {})
  const sagas = { name: 'stampede_sagas_open', help: 'Sagas not yet done or undone, by status.' }
  const head = { ...sagas, labelName: 'status' }
  scrapedByLabel(registry, head, 'gauge', () => fresh()?.openSagas ?? {})
  const orders = {
    name: 'stampede_dispatches',
    help: 'Paid orders in the warehouse, by whether they wait or are taken.',
    labelName: 'status',
  }
  scrapedByLabel(registry, orders, 'gauge', () => fresh()?.dispatches ?? {})
}

/** Seconds, fine where a relay that is woken lies. */
const lagBounds = [
  ...Array.from({ length: 20 }, (_, index) => (index + 1) / 1000),
  ...[0.025, 0.03, 0.04, 0.05, 0.075, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
]

/** How long effects take and how late they come, a series for each handler. */
export function registerEffectMetrics(registry: Registry, handlerNames: string[]): EffectMeter {
  const durations = hotHistogram(registry, {
    name: 'stampede_effect_duration_seconds',
    help: 'Time of one try to apply an effect, by handler.',
    labelName: 'handler',
    bounds: durationBounds,
  })
  const lags = hotHistogram(registry, {
    name: 'stampede_effect_lag_seconds',
    help: 'Time from the writing of an event, just before its commit, until its effect is done.',
    labelName: 'handler',
    bounds: lagBounds,
  })
  const took = new Map(handlerNames.map((name) => [name, durations.series(name)]))
  const lagged = new Map(handlerNames.map((name) => [name, lags.series(name)]))
  return {
    took: (handler, durationMs) => took.get(handler)?.(durationMs / 1000),
    lagged: (handler, lagMs) => lagged.get(handler)?.(lagMs / 1000),
  }
}
