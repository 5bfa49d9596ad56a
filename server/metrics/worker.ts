import type { Registry } from 'prom-client'
import { scrapedCounter } from './shop.ts'

/** Totals since the process began. */
export interface WorkerCounts {
  effects: { done: number; retried: number; dead: number }
  sagas: { ended: number }
}

export function meterWorker(registry: Registry, { effects, sagas }: WorkerCounts): void {
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
    () => sagas.ended,
  )
}
