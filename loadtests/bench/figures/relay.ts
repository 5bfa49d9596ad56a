import { sql } from 'drizzle-orm'
import { quantileSorted, sampleWithReplacement } from 'simple-statistics'
import type { Ctx } from '../../../server/ctx.ts'
import { onEnd } from '../../../server/db/connections.ts'
import { rowsOf } from '../../../server/db/statements.ts'
import { payOrder } from '../../../server/flows/pay-order.ts'
import { placeOrder } from '../../../server/flows/place-order.ts'
import { journeyRandom } from '../../crowd/random.ts'
import { starter } from '../../rehearse/arm.ts'
import { percentile } from '../../rehearse/statistics.ts'
import type { Benchmark, BenchRig, Figure } from '../figure.ts'
import { type BenchShop, openBenchShop } from '../shop.ts'

const crowds = [
  { name: 'relay-quiet', payments: 200, perSecond: 20 },
  { name: 'relay', payments: 600, perSecond: 80 },
]
const warmUp = { payments: 40, perSecond: 40 }
const floorMs = 20
const aimMs = 5
/** Effects of one paid order. */
const effectsEach = 3
const placersAtOnce = 8
const poolConnections = 48
/** Pause between two looks: it makes a latency look longer, never shorter. */
const lookMs = 1
const lateMs = 20_000
const resamples = 1000

/** From the confirmed COMMIT of a payment until the rows of all its effects can be read. */
export const relay: Benchmark = {
  name: 'relay',
  summary: 'p99 from the commit of a payment until all its three effects are seen done, ms',
  async measure(rig, advance) {
    const { shop, stop } = await openShopAndWorker(rig)
    try {
      await latencies(shop, warmUp)
      advance(0.1)
      const figures: Figure[] = []
      for (const [index, crowd] of crowds.entries()) {
        figures.push(figureOf(crowd, await latencies(shop, crowd)))
        advance((index + 1) / crowds.length)
      }
      return figures
    } finally {
      await stop()
    }
  },
}

async function openShopAndWorker(rig: BenchRig) {
  const servers = await rig.servers()
  const shop = await openBenchShop(servers, 'relay', { poolConnections })
  const spec = { name: 'bench', design: 'after' }
  const folder = servers.session.dataPath('bench-relay')
  const worker = await starter(servers, spec, 'bench-relay', folder).worker(shop.settings, 0)
  return {
    shop,
    async stop() {
      await worker.stop()
      await shop.close()
    },
  }
}

interface Crowd {
  payments: number
  perSecond: number
}

/** Pays orders placed before at a steady rate. @returns ms for each payment, sorted */
async function latencies(shop: BenchShop, { payments, perSecond }: Crowd): Promise<number[]> {
  const orderIds = await placeMany(shop.ctx('after'), payments)
  const watch = watchEffects(shop.parts.side, payments)
  const ctx = timingCommits(shop.ctx('after'), watch.committed)
  const startedMs = performance.now()
  const paid: Promise<unknown>[] = []
  for (const [index, orderId] of orderIds.entries()) {
    const dueMs = startedMs + (index * 1000) / perSecond
    await Bun.sleep(Math.max(0, dueMs - performance.now()))
    paid.push(payOrder(ctx, { orderId, idempotencyKey: `pay-${orderId}`, method: 'balance' }))
  }
  try {
    await Promise.all(paid)
    return (await watch.seen).toSorted((one, other) => one - other)
  } finally {
    watch.stop()
  }
}

async function placeMany(ctx: Ctx, count: number): Promise<string[]> {
  const ids: string[] = []
  let next = 0
  const place = async () => {
    while (next < count) {
      const index = next++
      const items = [{ optionId: String(1 + (index % 20)), quantity: 1 }]
      const idempotencyKey = `place-${crypto.randomUUID()}`
      ids.push((await placeOrder(ctx, { userId: String(1 + index), idempotencyKey, items })).id)
    }
  }
  await Promise.all(Array.from({ length: placersAtOnce }, place))
  return ids
}

/** The design's own effects, told from here when their transaction has committed. */
function timingCommits(ctx: Ctx, committed: (eventId: string) => void): Ctx {
  const { effects } = ctx.design
  const publish: typeof effects.publish = async (inner, db, event) => {
    onEnd(db, () => committed(event.eventId))
    await effects.publish(inner, db, event)
  }
  return { ...ctx, design: { ...ctx.design, effects: { publish } } }
}

/** Looks again and again for the effects of what was committed and is not seen done. */
function watchEffects(connections: Ctx['side'], expected: number) {
  const open = new Map<string, number>()
  const found: number[] = []
  let isStopped = false
  const look = async () => {
    const ids = sql.join(
      [...open.keys()].map((eventId) => sql`${eventId}`),
      sql`,`,
    )
    const rows = await connections.use((db) =>
      rowsOf<{ eventId: string }>(
        db,
        sql`select event_id as eventId from effects where event_id in (${ids}) and status = 'done'
            group by event_id having count(*) = ${effectsEach}`,
      ),
    )
    const nowMs = performance.now()
    for (const { eventId } of rows) {
      found.push(nowMs - (open.get(eventId) ?? nowMs))
      open.delete(eventId)
    }
  }
  const watch = async () => {
    let progressMs = performance.now()
    while (found.length < expected && !isStopped) {
      const before = found.length
      if (open.size > 0) await look()
      if (found.length > before) progressMs = performance.now()
      if (performance.now() - progressMs > lateMs) throw new Error('effects never came')
      await Bun.sleep(lookMs)
    }
    return found
  }
  return {
    committed: (eventId: string) => void open.set(eventId, performance.now()),
    seen: watch(),
    stop() {
      isStopped = true
    },
  }
}

function figureOf({ name, payments, perSecond }: Crowd & { name: string }, ms: number[]): Figure {
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
    aim: aimMs,
    better: 'lower',
    unit: 'ms',
    note:
      `of ${payments} payments at ${perSecond}/s, median ${percentile(ms, 0.5).toFixed(1)} ms; ` +
      'looked for each millisecond, so that it is too long by about as much',
  }
}
