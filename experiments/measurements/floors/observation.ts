import { join } from 'node:path'
import { type ServerChild, startServer } from '../../../lab/processes/child.ts'
import { percentile } from '../../judge/statistics.ts'
import type { Ratio } from '../../run/result.ts'
import { blackhole } from '../blackhole.ts'
import { countingNanos } from '../counting-cost.ts'
import type { Benchmark, Figure } from '../measurement.ts'
import { answersPerCpuSecond } from '../raw-http.ts'
import { interleaved, partOf } from '../turns.ts'

const root = join(import.meta.dir, '../../..')
const rounds = 12
const roundMs = 700
const costPercentMax = 5
const scrapes = 20
const scrapeMsMax = 50
const scrapeBytesMax = 1024 * 1024

/**
 * Requests per processor second: metrics off ÷ on; and a scrape while requests come in. What
 * metrics cost the cheapest route, where they weigh most, and what a scrape takes.
 */
export const observation: Benchmark = async ({ session }, advance) => {
  const start = (metrics: 'on' | 'off') =>
    startServer(session, {
      name: `bench-metrics-${metrics}`,
      command: [process.execPath, join(root, 'server/main.ts')],
      environment: { ...blackhole, STAMPEDE_METRICS: metrics },
    })
  const [on, off] = await Promise.all([start('on'), start('off')])
  const rate = (child: ServerChild) => () => answersPerCpuSecond(child, '/healthz', roundMs)
  await Promise.all([rate(on)(), rate(off)()])
  const turns = [rate(on), rate(off)] as const
  const { ratio, b } = await interleaved(turns, rounds, partOf(advance, 0, 1.1))
  const scraped = await scrapeUnderLoad(on)
  await Promise.all([on.stop(), off.stop()])
  return [costFigure(ratio, percentile(b, 0.5)), ...scraped]
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
    floor: costPercentMax,
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
  const kibibytes = bytes / 1024
  return [
    {
      ...{ name: 'scrape-p95', value: at(0.95), low: at(0.5), high: Math.max(...timesMs) },
      ...{ floor: scrapeMsMax, better: 'lower' },
      unit: 'ms (p95; from the median to the longest)',
    },
    {
      ...{ name: 'scrape-size', value: kibibytes, low: kibibytes, high: kibibytes },
      ...{ floor: scrapeBytesMax / 1024, better: 'lower', unit: 'KiB' },
    },
  ]
}
