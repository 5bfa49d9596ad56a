import type { Readings } from '../../../metrics/register.ts'
import { counter } from '../../../metrics/table.ts'
import { type ReadCounts, type ReadKind, readKinds, readOutcomes } from './counts.ts'

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
