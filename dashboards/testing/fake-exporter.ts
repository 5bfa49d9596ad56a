import { catalogue } from '../../cli/docs/catalogue.ts'
import { ExponentialBuckets } from '../../loadtests/simulator/remote-write/exponential-buckets.ts'
import type { Series } from '../../loadtests/simulator/remote-write/write-request.ts'
import { type Metric, onlyGrows } from '../../server/metrics/table.ts'

/** One arm after the other, a block each, over and over. */
export const fakeArms = ['before', 'after'] as const
export const fakeRun = 'fake-run'

/** Values of labels whose lists are open; two show whether sums and ratios find both. */
const openLabels: Record<string, readonly string[]> = {
  arm: fakeArms,
  run: [fakeRun],
  block: ['0'],
  scenario: ['flash-sale'],
  seed: ['1'],
  status: ['201'],
  name: ['order'],
  checker: ['stock-conserved', 'quiescent'],
  cmd: ['get'],
}

type Labels = Record<string, string>

const perSecond = 10
const observed = 0.2

export interface FakeExporter {
  /** `127.0.0.1:<port>`: what is scraped, below `/metrics`. */
  address: string
  /** What load generators push. */
  pushed(): Series[]
  stop(): Promise<void>
}

/**
 * Exposes every metric of the catalogue for both arms, counters growing with time.
 * @param options.without metrics that are left out, to see which panels miss them
 */
export function startFakeExporter(options: {
  blockSeconds: number
  without?: string[]
}): FakeExporter {
  const startedMs = Date.now()
  const secondsNow = () => (Date.now() - startedMs) / 1000
  const durations = new ExponentialBuckets()
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch() {
      const seconds = secondsNow()
      const lines = everyMetric(false, options.without).flatMap((metric) =>
        metric.name.startsWith('stampede_block_')
          ? blockLines(metric.name, startedMs / 1000, seconds, options.blockSeconds)
          : linesOf(metric, seconds),
      )
      const headers = { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }
      return new Response(`${lines.join('\n')}\n`, { headers })
    },
  })
  return {
    address: `127.0.0.1:${server.port}`,
    pushed() {
      const seconds = secondsNow()
      const count = Math.floor(seconds * perSecond)
      while (durations.snapshot().countInt < count) durations.record(observed)
      return everyMetric(true, options.without).flatMap((metric) =>
        metric.series.map((labels) => ({
          name: metric.name,
          labels,
          value:
            metric.type === 'native histogram'
              ? durations.snapshot()
              : sampleOf(metric, labels, seconds),
        })),
      )
    },
    stop: () => server.stop(true),
  }
}

type Exposed = Metric & { name: string; series: Labels[] }

/** Metrics with the labels of all their series; what several processes expose comes once. */
function everyMetric(pushed: boolean, without: string[] = []): Exposed[] {
  const found = new Map<string, Exposed>()
  for (const { labels: common, metrics, isPushed = false } of catalogue) {
    if (isPushed !== pushed) continue
    for (const [name, metric] of Object.entries(metrics)) {
      if (without.includes(name)) continue
      const open = Object.fromEntries(common.map((label) => [label, [] as readonly string[]]))
      const own = metric.series ?? combinations(metric.labels)
      const series = combinations(open).flatMap((shared) =>
        own.map((labels) => ({ ...shared, ...labels })),
      )
      found.set(name, { name, ...metric, series })
    }
  }
  return [...found.values()]
}

function combinations(labels: Metric['labels']): Labels[] {
  return Object.entries(labels).reduce<Labels[]>(
    (known, [label, closed]) => {
      const values = closed.length > 0 ? closed : (openLabels[label] ?? [`a-${label}`])
      return known.flatMap((others) => values.map((value) => ({ ...others, [label]: value })))
    },
    [{}],
  )
}

/** Twice as much in the arm after. */
const countOf = ({ arm }: Labels, seconds: number) =>
  Math.floor(seconds * perSecond * (arm === 'after' ? 2 : 1))

function sampleOf(metric: Exposed, labels: Labels, seconds: number): number {
  if (onlyGrows(metric)) return countOf(labels, seconds)
  if (metric.name === 'stampede_audit_verdict') {
    return labels.checker === 'quiescent' ? Number.NaN : 1
  }
  return /_(info|up|active)$/.test(metric.name) ? 1 : 7
}

function linesOf(metric: Exposed, seconds: number): string[] {
  const { name, type, series } = metric
  return series.flatMap((labels) => {
    if (type !== 'histogram') return [line(name, labels, sampleOf(metric, labels, seconds))]
    const count = countOf(labels, seconds)
    const bounds = [...(metric.buckets ?? []), '+Inf'].map(String)
    const below = bounds.map((le, index) =>
      line(`${name}_bucket`, { ...labels, le }, Math.floor((count * (index + 1)) / bounds.length)),
    )
    return [
      ...below,
      line(`${name}_sum`, labels, count * observed),
      line(`${name}_count`, labels, count),
    ]
  })
}

function blockLines(name: string, epoch: number, seconds: number, blockSeconds: number): string[] {
  const current = Math.floor(seconds / blockSeconds)
  const labelsOf = (block: number) => {
    return { run: fakeRun, block: String(block), arm: fakeArms[block % 2] ?? '' }
  }
  if (name === 'stampede_block_active') return [line(name, labelsOf(current), 1)]
  return Array.from({ length: current + 1 }, (_, block) =>
    line(name, labelsOf(block), epoch + block * blockSeconds),
  )
}

function line(name: string, labels: Labels, value: number): string {
  const inside = Object.entries(labels).map(([label, text]) => `${label}="${text}"`)
  return `${name}{${inside.join(',')}} ${value}`
}
