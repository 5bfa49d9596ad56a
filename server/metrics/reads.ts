import type { Redis } from 'ioredis'
import type { Registry } from 'prom-client'
import { cacheOf } from '../designs/reads/cached.ts'
import { type ReadCounts, readKinds, readOutcomes } from '../designs/reads/counts.ts'
import { registerMetrics } from './register.ts'
import { counter } from './table.ts'

const labels = { kind: readKinds }

/** Where answers to readers came from, and what it took to make them; zero without a cache. */
export const readMetrics = {
  stampede_reads_total: counter(
    'Readers of the cache by kind and by how they came by the answer.',
    {
      kind: readKinds,
      outcome: readOutcomes,
    },
  ),
  stampede_reads_rebuilds_total: counter('Answers made from the database for the cache.', labels),
  stampede_reads_rebuild_failures_total: counter(
    'Answers for the cache that could not be made.',
    labels,
  ),
  stampede_reads_rebuild_seconds_total: counter(
    'Time spent on making answers for the cache.',
    labels,
  ),
  stampede_reads_redis_errors_total: counter(
    'Commands to the cache’s Redis that failed; it then is not asked for a second.',
    labels,
  ),
  stampede_reads_refused_entries_total: counter(
    'Values found in Redis that are not the cache’s own, or not whole.',
    labels,
  ),
}

export function registerReadMetrics(registry: Registry, redis: Redis): void {
  const { counts } = cacheOf(redis)
  const byKind = (read: (counts: ReadCounts) => number) => () =>
    Object.fromEntries(readKinds.map((kind) => [kind, read(counts[kind])]))
  registerMetrics(registry, readMetrics, {
    stampede_reads_total: () =>
      readKinds.flatMap((kind) =>
        readOutcomes.map((outcome) => ({
          labels: { kind, outcome },
          value: counts[kind][outcome],
        })),
      ),
    stampede_reads_rebuilds_total: byKind((it) => it.rebuilds),
    stampede_reads_rebuild_failures_total: byKind((it) => it.rebuildFailures),
    stampede_reads_rebuild_seconds_total: byKind((it) => it.rebuildMs / 1000),
    stampede_reads_redis_errors_total: byKind((it) => it.redisErrors),
    stampede_reads_refused_entries_total: byKind((it) => it.refused),
  })
}
