import { quantileSorted, sampleWithReplacement } from 'simple-statistics'
import { journeyRandom } from '../../../loadtests/crowd/random.ts'
import type { FlowCtx } from '../../../server/designs/flow-ctx.ts'
import { payOrder } from '../../../server/flows/pay-order.ts'
import { percentile } from '../../judge/statistics.ts'
import { ArmProcesses } from '../../run/arm-processes.ts'
import { timeOfRush } from '../../run/closed-loop.ts'
import type { Benchmark, Figure } from '../measurement.ts'
import { type InProcessShop, orderOf, withShop } from '../shop.ts'

const crowds = [
  // What the default flash-sale pays a second, and near what two cores can do.
  { name: 'relay', payments: 600, perSecond: 40, floorMs: 5 },
  { name: 'relay-at-peak', payments: 3000, perSecond: 500, floorMs: 15 },
]
/** Payments that wait share a transaction: as those of the preset peak do at such rates. */
const design = 'peak'
const warmUp = { payments: 40, perSecond: 40 }
/** Effects of one paid order. */
const effectsEach = 3
const placersAtOnce = 8
const poolConnections = 48
/** Pause between two reads of the worker's metrics; the lags themselves are the worker's. */
const lookMs = 100
const lateMs = 20_000
const resamples = 1000

/**
 * P99 from the commit of a payment until an effect of it is committed, ms. From the commit of a
 * payment until each of its effects is committed, by the worker's clock.
 */
export const relay: Benchmark = async (experiment, advance) => {
  // A partner's own time is not the relay's.
  const testBed = { ...(await experiment.testBed()), partnersLatencyMs: 0 }
  const { fsyncMicros } = await experiment.environment(testBed)
  return await withShop(testBed, { poolConnections }, async (shop) => {
    const spec = { name: 'bench', design }
    const worker = await new ArmProcesses(testBed, spec, 'bench-relay').worker(shop.urls)
    try {
      await lagsOf(shop, worker, warmUp)
      advance(0.1)
      const figures: Figure[] = []
      for (const [index, crowd] of crowds.entries()) {
        figures.push(figureOf(crowd, await lagsOf(shop, worker, crowd), fsyncMicros))
        advance((index + 1) / crowds.length)
      }
      const [finding] = await shop.audit()
      if (finding !== undefined) throw new Error(finding)
      return figures
    } finally {
      await worker.stop()
    }
  })
}

interface Crowd {
  payments: number
  perSecond: number
}

/**
 * Pays orders placed before at a steady rate.
 * @returns ms for each effect, ascending: the upper end of its bucket in the worker's histogram
 */
async function lagsOf(
  shop: InProcessShop,
  { url }: { url: string },
  { payments, perSecond }: Crowd,
): Promise<number[]> {
  const ctx = shop.ctx(design)
  const orderIds = await placeMany(ctx, payments)
  const before = await readLags(url)
  const startedMs = performance.now()
  const paid: Promise<unknown>[] = []
  for (const [index, orderId] of orderIds.entries()) {
    const dueMs = startedMs + (index * 1000) / perSecond
    await Bun.sleep(Math.max(0, dueMs - performance.now()))
    paid.push(payOrder(ctx, { orderId, idempotencyKey: `pay-${orderId}`, method: 'balance' }))
  }
  await Promise.all(paid)
  return await lagsSince(url, before, payments * effectsEach)
}

async function lagsSince(url: string, before: Map<number, number>, expected: number) {
  const endsAtMs = performance.now() + lateMs
  while (performance.now() < endsAtMs) {
    const lags = expanded(await readLags(url), before)
    if (lags.length >= expected) return lags
    await Bun.sleep(lookMs)
  }
  throw new Error(`not all of ${expected} effects came within ${lateMs} ms`)
}

/** Cumulative counts of the worker's lags by the upper end of their bucket, ms. */
async function readLags(url: string): Promise<Map<number, number>> {
  const answer = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(lateMs) })
  const counts = new Map<number, number>()
  for (const line of (await answer.text()).split('\n')) {
    const found = /^stampede_effect_lag_seconds_bucket\{.*le="([^"]+)".*\} (\d+)$/.exec(line)
    if (!found) continue
    const boundMs = found[1] === '+Inf' ? Number.POSITIVE_INFINITY : Number(found[1]) * 1000
    counts.set(boundMs, (counts.get(boundMs) ?? 0) + Number(found[2]))
  }
  return counts
}

/** One figure for each effect that came since, ascending. */
function expanded(now: Map<number, number>, before: Map<number, number>): number[] {
  let below = 0
  return [...now]
    .toSorted(([one], [other]) => one - other)
    .flatMap(([boundMs, count]) => {
      const reached = count - (before.get(boundMs) ?? 0)
      const own = reached - below
      below = reached
      return Array.from({ length: own }, () => boundMs)
    })
}

async function placeMany(ctx: FlowCtx, count: number): Promise<string[]> {
  const ids: string[] = []
  await timeOfRush(count, placersAtOnce, async (index) => {
    ids.push((await orderOf(ctx, 1 + index, [1 + (index % 20)])).id)
  })
  return ids
}

function figureOf(
  { name, payments, perSecond, floorMs }: (typeof crowds)[number],
  ms: number[],
  fsyncMicros: number,
): Figure {
  const random = journeyRandom(1, 0)
  const resampled = Array.from({ length: resamples }, () =>
    percentile(sampleWithReplacement(ms, ms.length, random), 0.99),
  ).toSorted((one, other) => one - other)
  return {
    name,
    value: percentile(ms, 0.99),
    low: quantileSorted(resampled, 0.025),
    high: quantileSorted(resampled, 0.975),
    floor: floorMs,
    better: 'lower',
    unit: 'ms',
    note:
      `effects of ${payments} payments at ${perSecond}/s, median ${percentile(ms, 0.5)} ms; ` +
      'each taken to the upper end of its bucket, from just before the commit on: too long. ' +
      'Partners answer at once, where the usual ones take 5 ms. Two ' +
      `commits bound it from below, that of the payment and that of the effect: an fsync here is ` +
      `${fsyncMicros} µs, and what commits at the same time shares one. Audit green`,
  }
}
