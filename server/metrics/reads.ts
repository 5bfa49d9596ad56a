import type { Redis } from 'ioredis'
import type { Registry } from 'prom-client'
import { cacheOf } from '../designs/reads/cached.ts'
import { type ReadCounts, readKinds, readOutcomes } from '../designs/reads/counts.ts'
import { registerScraped, scrapedByLabel } from './scraped.ts'

/** Where answers to readers came from, and what it took to make them; zero without a cache. */
export function registerReadMetrics(registry: Registry, redis: Redis): void {
  const { counts } = cacheOf(redis)
  const head = {
    name: 'stampede_reads_total',
    help: 'Readers of the cache by kind and by how they came by the answer.',
    labelNames: ['kind', 'outcome'],
  }
  registerScraped(registry, head, 'counter', () =>
    readKinds.flatMap((kind) =>
      readOutcomes.map((outcome) => ({
        labels: { kind, outcome },
        value: counts[kind][outcome],
      })),
    ),
  )
  const byKind = (name: string, help: string, read: (counts: ReadCounts) => number) =>
    scrapedByLabel(
      registry,
      { name: `stampede_reads_${name}`, help, labelName: 'kind' },
      'counter',
      () => Object.fromEntries(readKinds.map((kind) => [kind, read(counts[kind])])),
    )
  byKind('rebuilds_total', 'Answers made from the database for the cache.', (it) => it.rebuilds)
  byKind(
    'rebuild_failures_total',
    'Answers for the cache that could not be made.',
    (it) => it.rebuildFailures,
  )
  byKind(
    'rebuild_seconds_total',
    'Time spent on making answers for the cache.',
    (it) => it.rebuildMs / 1000,
  )
  byKind(
    'redis_errors_total',
    'Commands to the cache’s Redis that failed; it then is not asked for a second.',
    (it) => it.redisErrors,
  )
  byKind(
    'refused_entries_total',
    'Values found in Redis that are not the cache’s own, or not whole.',
    (it) => it.refused,
  )
}
