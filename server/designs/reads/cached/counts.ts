import type { Readings } from '../../../metrics/register.ts'
import { counter } from '../../../metrics/table.ts'

/** Kinds of answers that are cached; `day` = one day's totals, which popular is merged from. */
export const readKinds = ['products', 'product', 'popular', 'day'] as const

export type ReadKind = (typeof readKinds)[number]

/**
 * How a reader came by the answer: new, stale while it is rebuilt, made while the reader waited, or
 * waited for while another reader made it.
 */
export const readOutcomes = ['hit', 'stale', 'miss', 'wait'] as const

export type ReadOutcome = (typeof readOutcomes)[number]

export interface ReadCounts extends Record<ReadOutcome, number> {
  rebuilds: number
  rebuildFailures: number
  rebuildMs: number
  redisErrors: number
  /** Values found in Redis that were not ours or not whole. */
  refused: number
}

export const noCounts = (): Record<ReadKind, ReadCounts> => {
  const none = {
    ...{ hit: 0, stale: 0, miss: 0, wait: 0, rebuilds: 0, rebuildFailures: 0, rebuildMs: 0 },
    ...{ redisErrors: 0, refused: 0 },
  }
  return Object.fromEntries(readKinds.map((kind) => [kind, { ...none }])) as Record<
    ReadKind,
    ReadCounts
  >
}

const labels = { kind: readKinds }

/** Where answers to readers came from, and what it took to make them. */
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

export function readReadings(
  counts: () => Record<ReadKind, ReadCounts>,
): Readings<typeof readMetrics> {
  const byKind = (read: (counts: ReadCounts) => number) => () =>
    Object.fromEntries(readKinds.map((kind) => [kind, read(counts()[kind])]))
  return {
    stampede_reads_total: () =>
      readKinds.flatMap((kind) =>
        readOutcomes.map((outcome) => ({
          labels: { kind, outcome },
          value: counts()[kind][outcome],
        })),
      ),
    stampede_reads_rebuilds_total: byKind((it) => it.rebuilds),
    stampede_reads_rebuild_failures_total: byKind((it) => it.rebuildFailures),
    stampede_reads_rebuild_seconds_total: byKind((it) => it.rebuildMs / 1000),
    stampede_reads_redis_errors_total: byKind((it) => it.redisErrors),
    stampede_reads_refused_entries_total: byKind((it) => it.refused),
  }
}
