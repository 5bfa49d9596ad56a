import { meteredRoutes } from '../../server/metrics/requests.ts'
import type { MetricTable } from '../../server/metrics/table.ts'
import { catalogue } from './catalogue.ts'
import { code, page, table } from './markdown.ts'

export async function metricsPage(): Promise<string> {
  const parts = catalogue.flatMap(({ title, about, metrics }) => [
    `## ${title}`,
    ...(about ? [about] : []),
    metricsTable(metrics),
  ])
  return page(
    'Metrics',
    'At `/metrics` of API server, worker, ticket server and coupon gateway, for Prometheus. ' +
      'Every series of these also has the label `arm`. ' +
      'Labels come from closed lists: no request can add a series.',
    'The sampler stands in for mysqld_exporter and redis_exporter, under their names and types; ' +
      'the scrape proxy exposes the runs and blocks of `up` and `rehearse`.',
    ...parts,
    '## Values of the label route',
    meteredRoutes.map(code).join(', '),
  )
}

function metricsTable(metrics: MetricTable): string {
  const rows = Object.entries(metrics).map(([name, { type, labels, help }]) => [
    code(name),
    type,
    Object.keys(labels).map(code).join(', '),
    help,
  ])
  return table(['metric', 'type', 'labels', 'what it says'], rows.sort())
}
