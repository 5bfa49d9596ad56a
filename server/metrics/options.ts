import type { Registry } from 'prom-client'
import { type Axis, axisNames, recordsOf } from '../designs/axes.ts'
import { sequenceNames } from '../designs/ids/ids.ts'
import type { OpenedOptions } from '../designs/opened-options.ts'
import { type AnyReading, registerMetrics, totalOf } from './register.ts'
import { counter, type MetricTable } from './table.ts'

/** Only a server lets requests in. */
export const workerAxes = axisNames.filter((axis) => axis !== 'admission')

/** Metrics that options of these axes declare. */
export const optionMetrics = (which: readonly Axis[]): MetricTable =>
  Object.assign(
    {},
    ...which.flatMap((axis) => Object.values(recordsOf(axis)).map((it) => it.metrics)),
  )

/** Of sequences that have moved, for processes that chose the source before. */
export const redirectMetrics = {
  stampede_ids_redirected_total: counter(
    'Ids asked of a source that a sequence has moved away from, and taken from its successor.',
    { sequence: sequenceNames },
  ),
}

/** What options with state have done in this process; they are opened for it. */
export function registerOptionMetrics(
  registry: Registry,
  options: OpenedOptions,
  which: readonly Axis[] = axisNames,
): void {
  const opened = options.all(which).map(([, option]) => option)
  const table = optionMetrics(which)
  const readings = Object.keys(table).map((name): [string, () => AnyReading] => {
    const reads = opened.flatMap(({ readings }) => readings?.[name] ?? [])
    return [name, () => totalOf(reads.map((read) => read()))]
  })
  registerMetrics(registry, table, Object.fromEntries(readings))
  registerMetrics(registry, redirectMetrics, {
    stampede_ids_redirected_total: () => ({ ...options.redirectedIds }),
  })
}
