import type { Registry } from 'prom-client'
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

export function meterWorker(registry: Registry, state: WorkerState): void {
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

/** How long effects take, a series for each handler. */
export function effectTimer(
  registry: Registry,
  handlerNames: string[],
): (handler: string, durationMs: number) => void {
  const durations = hotHistogram(registry, {
    name: 'stampede_effect_duration_seconds',
    help: 'Time of one try to apply an effect, by handler.',
    labelName: 'handler',
    bounds: durationBounds,
  })
  const series = new Map(handlerNames.map((name) => [name, durations.series(name)]))
  return (handler, durationMs) => series.get(handler)?.(durationMs / 1000)
}
