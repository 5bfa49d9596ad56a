import { join } from 'node:path'
import { type ServerChild, startServer } from '../../../lab/processes/child.ts'
import type { Session } from '../../../lab/processes/session.ts'
import { percentile } from '../../judge/statistics.ts'
import type { Ratio } from '../../run/result.ts'
import { countingNanos } from '../counting-cost.ts'
import { blackhole } from '../idle-shop.ts'
import type { Benchmark, Figure } from '../measurement.ts'
import { answersPerCpuSecond } from '../raw-http.ts'
import { interleaved, partOf } from '../turns.ts'

const root = join(import.meta.dir, '../../..')
const rounds = 12
const roundMs = 700
const scrapes = 20

/**
 * Requests per processor second: the shop’s cheapest route ÷ a bare Hono route. What design,
 * metrics, deadline and chaos hooks cost the cheapest route.
 */
export const server: Benchmark = async ({ session }, advance) => {
  const bareHono = 'experiments/measurements/bare-hono.ts'
  const bare = await start(session, 'bare', {}, bareHono)
  const shop = await start(session, 'shop', blackhole)
  const { ratio } = await comparedRates(bare, shop, advance)
  await Promise.all([shop.stop(), bare.stop()])
  return [{ name: 'server', ...ratio, floor: 0.85, better: 'higher', unit: 'ratio' }]
}

/**
 * Requests per processor second: metrics off ÷ on; and a scrape while requests come in. What
 * metrics cost the cheapest route, where they weigh most, and what a scrape takes.
 */
export const observation: Benchmark = async ({ session }, advance) => {
  const withMetrics = (metrics: 'on' | 'off') =>
    start(session, `metrics-${metrics}`, { ...blackhole, STAMPEDE_METRICS: metrics })
  const [on, off] = await Promise.all([withMetrics('on'), withMetrics('off')])
  const { ratio, b } = await comparedRates(on, off, partOf(advance, 0, 1.1))
  const scraped = await scrapeUnderLoad(on)
  await Promise.all([on.stop(), off.stop()])
  return [costFigure(ratio, percentile(b, 0.5)), ...scraped]
}

function start(
  session: Session,
  name: string,
  environment: Record<string, string>,
  entry = 'server/main.ts',
): Promise<ServerChild> {
  const command = [process.execPath, join(root, entry)]
  return startServer(session, { name: `bench-${name}`, command, environment })
}

/** Second ÷ first, both warm. */
async function comparedRates(one: ServerChild, other: ServerChild, advance: (of: number) => void) {
  const rate = (child: ServerChild) => () => answersPerCpuSecond(child, '/healthz', roundMs)
  await Promise.all([rate(one)(), rate(other)()])
  return await interleaved([rate(one), rate(other)], rounds, advance)
}

/** @param offPerSecond requests per processor second without metrics */
function costFigure({ value, low, high }: Ratio, offPerSecond: number): Figure {
  const percentOf = (ratio: number) => 100 * (ratio - 1)
  const { ours, promClient } = countingNanos()
  const share = (nanos: number) => `${((nanos * offPerSecond) / 1e7).toFixed(1)} %`
  return {
    name: 'observation',
    value: percentOf(value),
    low: percentOf(low),
    high: percentOf(high),
    floor: 5,
    better: 'lower',
    unit: '% of the cheapest request',
    note:
      `counting one request takes ${ours.toFixed(0)} ns (${share(ours)} of the cheapest one); ` +
      `prom-client's own observe and inc with labels take ${promClient.toFixed(0)} ns ` +
      `(${share(promClient)})`,
  }
}

async function scrapeUnderLoad(server: ServerChild): Promise<Figure[]> {
  const load = answersPerCpuSecond(server, '/healthz', scrapes * 100)
  const timesMs: number[] = []
  let bytes = 0
  for (let scrape = 0; scrape < scrapes; scrape += 1) {
    const startedMs = performance.now()
    const answer = await fetch(`${server.url}/metrics`, { signal: AbortSignal.timeout(5000) })
    bytes = Math.max(bytes, (await answer.bytes()).length)
    timesMs.push(performance.now() - startedMs)
    await Bun.sleep(50)
  }
  await load
  const at = (share: number) => percentile(timesMs, share)
  const p95 = { value: at(0.95), low: at(0.5), high: Math.max(...timesMs) }
  const unit = 'ms (p95; from the median to the longest)'
  const kibibytes = bytes / 1024
  const size = { value: kibibytes, low: kibibytes, high: kibibytes }
  return [
    { name: 'scrape-p95', ...p95, floor: 50, better: 'lower', unit },
    { name: 'scrape-size', ...size, floor: 1024, better: 'lower', unit: 'KiB' },
  ]
}
