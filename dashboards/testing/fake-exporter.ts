import { type KnownMetric, sources } from '../metrics.ts'
import { delimitedHistogram } from './native-histogram.ts'

/** One arm after the other, a block each, over and over. */
export const fakeArms = ['before', 'after'] as const
export const fakeRun = 'fake-run'

/** What labels stand for; two values show whether sums and ratios find both. */
const labelValues: Record<string, string[]> = {
  arm: [...fakeArms],
  run: [fakeRun],
  scenario: ['flash-sale'],
  driver: ['simulator'],
  seed: ['1'],
  route: ['orders.create', 'payments.create', 'products.list', 'dispatches.take'],
  code: ['201', '503'],
  point: ['order.stock.taken', 'order.written'],
  outcome: ['paid', 'unknown', 'hit', 'miss', 'taken', 'raced'],
  reason: ['deadlock'],
  sequence: ['orders'],
  handler: ['messages'],
  state: ['waiting'],
  status: ['201'],
  fault: ['slow-query'],
  axis: ['admission', 'dispatch', 'effects', 'ids', 'reads', 'stock', 'transaction'],
  option: ['ticket-server'],
  checker: ['stock-conserved', 'quiet'],
  command: ['commit', 'select'],
  event: ['lock-had', 'lock-stale', 'version-lost'],
  class: ['pay', 'browse'],
  cmd: ['get'],
  name: ['order'],
}

type Labels = Record<string, string>

const bounds = ['0.1', '0.5', '+Inf']

export interface FakeExporter {
  /** `127.0.0.1:<port>`: text below `/metrics`, native histograms below `/native`. */
  address: string
  stop(): Promise<void>
}

/**
 * Exports every known metric for both arms, counters growing with time.
 * @param options.without metrics that are left out, to see who misses them
 */
export function startFakeExporter(options: {
  blockSeconds: number
  without?: string[]
}): FakeExporter {
  const startedMs = Date.now()
  const without = new Set(options.without)
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch(request) {
      const seconds = (Date.now() - startedMs) / 1000
      if (request.url.endsWith('/native')) return nativePage(seconds, without)
      const lines = everyMetric(without).flatMap(([name, metric, labels]) =>
        name.startsWith('stampede_block_')
          ? blockLines(name, startedMs / 1000, seconds, options.blockSeconds)
          : linesOf(name, metric, labels, seconds),
      )
      const headers = { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }
      return new Response(`${lines.join('\n')}\n`, { headers })
    },
  })
  return { address: `127.0.0.1:${server.port}`, stop: () => server.stop(true) }
}

function everyMetric(without: Set<string>): [string, KnownMetric, string[]][] {
  return Object.values(sources).flatMap(({ labels, metrics }) =>
    Object.entries(metrics)
      .filter(([name]) => !without.has(name))
      .map(([name, metric]): [string, KnownMetric, string[]] => {
        return [name, metric, [...new Set([...labels, ...metric.labels])]]
      }),
  )
}

function combinations([first, ...rest]: string[]): Labels[] {
  if (first === undefined) return [{}]
  const values = labelValues[first] ?? [`a-${first}`]
  return combinations(rest).flatMap((others) => values.map((one) => ({ [first]: one, ...others })))
}

function linesOf(name: string, { kind }: KnownMetric, labels: string[], seconds: number): string[] {
  if (kind === 'native-histogram') return []
  return combinations(labels).flatMap((own) => {
    const factor = own.arm === 'after' ? 2 : 1
    const count = Math.floor(seconds * 10 * factor)
    if (kind === 'gauge') return [line(name, own, gaugeValue(name, own))]
    if (kind === 'counter') return [line(name, own, count)]
    const below = bounds.map((le, index) => {
      return line(`${name}_bucket`, { ...own, le }, Math.floor((count * (index + 1)) / 3))
    })
    return [...below, line(`${name}_sum`, own, count / 5), line(`${name}_count`, own, count)]
  })
}

function gaugeValue(name: string, { checker }: Labels): number {
  if (name === 'stampede_audit_verdict') return checker === 'quiet' ? Number.NaN : 1
  return name.endsWith('_info') || name.endsWith('_up') || name.endsWith('_active') ? 1 : 7
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

function nativePage(seconds: number, without: Set<string>): Response {
  const families = everyMetric(without)
    .filter(([, { kind }]) => kind === 'native-histogram')
    .map(([name, , labels]) =>
      delimitedHistogram(name, combinations(labels), Math.floor(seconds * 10)),
    )
  const type = 'application/vnd.google.protobuf'
  const headers = {
    'content-type': `${type}; proto=io.prometheus.client.MetricFamily; encoding=delimited`,
  }
  return new Response(Buffer.concat(families), { headers })
}
