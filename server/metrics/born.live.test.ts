import { beforeAll, expect, test } from 'bun:test'
import { faultMetrics } from '../../chaos/metrics.ts'
import { couponGatewayMetrics } from '../coupon-gateway/metrics.ts'
import { withSpawnedShop } from '../testing/crash-crowd.ts'
import { describeLive } from '../testing/fixtures.ts'
import { sequenceMetrics } from '../tickets/metrics.ts'
import { serverMetrics, workerProcessMetrics } from './catalogue.ts'
import { type Metric, type MetricTable, onlyGrows, seriesOf } from './table.ts'

/** Prometheus reads all of them once a second. Half are the times of axes with two options. */
const seriesMax = 3200

const growing = (table: MetricTable) =>
  Object.entries(table).filter(([, metric]) => onlyGrows(metric))

const written = (name: string, labels: Readonly<Record<string, string>>) =>
  `${name}{${Object.entries(labels)
    .map(([label, value]) => `${label}="${value}"`)
    .sort()
    .join(',')}}`

function everySeriesOf(name: string, metric: Metric): string[] {
  const all = seriesOf(metric)
  if (metric.type !== 'histogram') return all.map((labels) => written(name, labels))
  const bounds = [...(metric.buckets ?? []), '+Inf'].map(String)
  return all.flatMap((labels) => [
    ...bounds.map((le) => written(`${name}_bucket`, { ...labels, le })),
    written(`${name}_sum`, labels),
    written(`${name}_count`, labels),
  ])
}

/** The series of a scrape, without the label of the arm, and their values. */
function scraped(text: string): Map<string, number> {
  const lines = text.split('\n').filter((line) => /^[a-z]/.test(line))
  return new Map(
    lines.map((line) => {
      const [, name = '', labels = '', value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? []
      const pairs = [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, one, is]) => [one, is])
      const { arm, ...own } = Object.fromEntries(pairs)
      return [written(name, own), Number(value)]
    }),
  )
}

describeLive('a process that has just started', ['TEST_DATABASE_URL', 'TEST_REDIS_URL'], () => {
  const { shop } = withSpawnedShop('born')
  beforeAll(() => shop.start('gateway'))

  test.each([
    ['server', { ...serverMetrics, ...faultMetrics }, faultMetrics],
    ['worker', workerProcessMetrics, {}],
    ['tickets', sequenceMetrics, {}],
    ['gateway', couponGatewayMetrics, {}],
  ] as const)('%s has every series that can ever grow', async (name, table, absent) => {
    const text = await (await fetch(`${shop.url(name)}/metrics`)).text()
    const found = scraped(text)
    const names = growing(table)
    expect(
      names.filter(([, { labels }]) => Object.values(labels).some((one) => one.length === 0)),
    ).toEqual([])
    // Without a token the process has no faults.
    const expected = names.filter(([metric]) => !Object.hasOwn(absent, metric))
    const all = expected.flatMap(([metric, one]) => everySeriesOf(metric, one))
    const growingNow = [...found.keys()].filter((series) => all.includes(series))
    expect(all.filter((series) => !found.has(series))).toEqual([])
    expect(growingNow.sort()).toEqual(all.sort())
    expect(found.size).toBeLessThan(seriesMax)
  })

  test('has no series more after requests that end in many ways', async () => {
    const url = shop.url('server')
    const read = async () => [...scraped(await (await fetch(`${url}/metrics`)).text()).keys()]
    const before = await read()
    const answers = await Promise.all([
      ...[fetch(`${url}/none`), fetch(`${url}/designs`), fetch(`${url}/api/v1/users/x`)],
      ...[fetch(`${url}/api/v1/orders`, { method: 'PATCH' }), fetch(`${url}/api/v1/users/1`)],
      fetch(`${url}/api/v1/orders`, { method: 'POST', body: '{}' }),
    ])
    expect(answers.map(({ status }) => status)).toEqual([404, 200, 400, 405, 200, 415])
    expect(await read()).toEqual(before)
  })
})
