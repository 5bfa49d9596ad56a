import { sql } from 'drizzle-orm'
import { median } from 'simple-statistics'
import { s3SeedProfile } from '../../../server/db/seed.ts'
import { amount } from '../../judge/format.ts'
import { figureColumns, table, textColumns } from '../../report/document.ts'
import { closedLoop } from '../../run/closed-loop.ts'
import { askerOf } from '../catalogue-reads.ts'
import { type EvictingRedis, startEvictingRedis } from '../evicting-redis.ts'
import {
  audited,
  type Measured,
  type Outcome,
  type Reproduction,
  type SourceTestBed,
} from '../measurement.ts'
import { type InProcessShop, orderOf, withShop } from '../shop.ts'
import { type Advance, inTurns, partOf } from '../turns.ts'

/** About a third of what all pages take. */
const cacheBytes = 150_000
const readers = 16
const pages = 50
const memories = ['no limit', 'limited'] as const
type Memory = (typeof memories)[number]
const caches = ['cache-aside', 'cached'] as const

export const s3Eviction: Reproduction = async (testBed, advance) => {
  const redis = await startEvictingRedis(testBed)
  try {
    const databases = { ...testBed.databases, redisUrl: redis.url }
    const own = { ...testBed, databases }
    const reads = await fullCaches(own, redis, partOf(advance, 0, 2))
    const stock = await stockUnderEviction(own, redis, partOf(advance, 1, 2))
    return {
      rows: reads.rows,
      audits: [...reads.audits, ...stock.audits],
      remarks: [...reads.remarks, ...stock.remarks],
      nodes: [...(reads.nodes ?? []), ...(stock.nodes ?? [])],
    }
  } finally {
    await redis.close()
  }
}

interface Reading {
  selectsPer100: number
  hitPercent: number
  evicted: number
  perSecond: number
}

/** Readers of pages of the list, of which there are more than fit into the limited memory. */
async function fullCaches(
  testBed: SourceTestBed,
  redis: EvictingRedis,
  advance: Advance,
): Promise<Outcome> {
  return await withShop(testBed, { profile: s3SeedProfile }, async (shop) => {
    const ask = askerOf(shop.options)
    const windowMs = testBed.quick ? 1000 : 3000
    const measured: Record<string, Record<Memory, Reading[]>> = {}
    for (const [index, option] of caches.entries()) {
      const read = (call: number) =>
        ask(option, `/api/v1/products?size=20&page=${1 + ((call * 7) % pages)}`)()
      measured[option] = await inTurns(
        memories,
        testBed.quick ? 2 : 6,
        (memory) => oneReading(shop, redis, memory, { read, windowMs }),
        partOf(advance, index, caches.length),
      )
    }
    await redis.unlimit()
    const rows = caches.flatMap((option) => [
      row(option, measured, {
        ...{ what: 'SELECTs per 100 reads', unit: 'requests', better: 'lower' },
        figureOf: ({ selectsPer100 }) => selectsPer100,
      }),
    ])
    const lines = caches.flatMap((option) =>
      memories.map((memory) => {
        const readings = measured[option]?.[memory] ?? []
        const of = (figureOf: (reading: Reading) => number) => median(readings.map(figureOf))
        return [
          ...[`reads=${option}`, memory, `${amount(of(({ hitPercent }) => hitPercent))} %`],
          ...[amount(of(({ selectsPer100 }) => selectsPer100)), amount(of((one) => one.evicted))],
          `${amount(of(({ perSecond }) => perSecond))}/s`,
        ]
      }),
    )
    const columns = [
      ...textColumns('cache', 'memory of Redis'),
      ...figureColumns('found in Redis', 'SELECTs per 100 reads', 'keys thrown out', 'reads'),
    ]
    const audits = [audited('the caches', await shop.audit())]
    return { rows, audits, remarks: [], nodes: [table(columns, lines)] }
  })
}

type RowOf = Pick<Outcome['rows'][number], 'what' | 'unit' | 'better'> & {
  figureOf: (reading: Reading) => number
}

function row(
  option: string,
  measured: Record<string, Record<Memory, Reading[]>>,
  { what, figureOf, ...rest }: RowOf,
): Outcome['rows'][number] {
  const designs = memories.map(
    (memory): Measured => ({
      name: memory,
      option: `reads=${option}`,
      theirs: null,
      ours: (measured[option]?.[memory] ?? []).map(figureOf),
    }),
  )
  const who = `${readers} readers of ${pages} pages of products, reads=${option}`
  return { what: `${who}: ${what}`, ...rest, designs }
}

async function oneReading(
  { services }: InProcessShop,
  redis: EvictingRedis,
  memory: Memory,
  { read, windowMs }: { read: (call: number) => Promise<unknown>; windowMs: number },
): Promise<Reading> {
  await redis.unlimit()
  await redis.empty()
  if (memory === 'limited') await redis.limit(cacheBytes, 'allkeys-lru')
  const selects = async () => {
    const [found] = await services.connections.rows<{ Value: string }>(
      sql`show global status where variable_name = 'Com_select'`,
    )
    return Number(found?.Value)
  }
  const [before, countsBefore] = [await selects(), await redis.counts()]
  const { done, perSecond } = await closedLoop(readers, windowMs, read)
  const counts = await redis.counts()
  const [hits, misses] = [counts.hits - countsBefore.hits, counts.misses - countsBefore.misses]
  return {
    selectsPer100: (100 * ((await selects()) - before)) / Math.max(1, done),
    hitPercent: (100 * hits) / Math.max(1, hits + misses),
    evicted: counts.evicted - countsBefore.evicted,
    perSecond,
  }
}

/** Everything that keeps more than a cache in Redis when it takes stock. */
const stocks = ['redis-counter', 'spin-lock', 'redis-lock', 'pubsub-lock'] as const
const stockBytes = 300_000
const buyers = 16
const hotOptions = 20

/** Orders while another user of the same Redis fills it, so that any key may be thrown out. */
async function stockUnderEviction(
  testBed: SourceTestBed,
  redis: EvictingRedis,
  advance: Advance,
): Promise<Outcome> {
  const lines: string[][] = []
  const audits: Outcome['audits'] = []
  for (const [index, stock] of stocks.entries()) {
    await redis.unlimit()
    await redis.empty()
    await withShop(testBed, { poolConnections: buyers }, async (shop) => {
      await redis.limit(stockBytes, 'allkeys-random')
      const stop = new AbortController()
      const filling = redis.fill(stop.signal)
      const before = await redis.counts()
      const orders = await ordersOf(shop, stock, testBed.quick ? 1500 : 5000).finally(async () => {
        stop.abort()
        await filling
      })
      const { evicted } = await redis.counts()
      await redis.unlimit()
      await settled(shop, stock)
      const design = designOf(stock)
      audits.push(
        audited(`stock=${stock} while Redis throws keys out`, await shop.audit(), [design]),
      )
      const { placed, refused, rebuilt } = orders
      lines.push([
        ...[`stock=${stock}`, amount(placed), amount(refused), amount(evicted - before.evicted)],
        rebuilt === null ? '–' : amount(rebuilt),
      ])
    })
    advance((index + 1) / stocks.length)
  }
  await redis.unlimit()
  const columns = [
    ...textColumns('design'),
    ...figureColumns('orders', 'refused', 'keys thrown out', 'counters made again'),
  ]
  const remarks = [
    'Redis throws out locks, fences, counters and their entries at random here (allkeys-random): ' +
      'what was sold is audited against the tables all the same. A shop that starts with such a ' +
      'design on such a Redis says so in its log, and ./stampede doctor with REDIS_URL too.',
  ]
  return { rows: [], audits, remarks, nodes: [table(columns, lines)] }
}

const designOf = (stock: string) => `before,transaction=sorted,effects=outbox,stock=${stock}`

async function ordersOf(shop: InProcessShop, stock: (typeof stocks)[number], windowMs: number) {
  const ctx = shop.ctx(designOf(stock))
  const { done, failed } = await closedLoop(buyers, windowMs, (call) => {
    const wanted = [1 + (call % hotOptions), 1 + ((call * 7 + 3) % hotOptions)]
    return orderOf(ctx, 1 + (call % 5000), [...new Set(wanted)])
  })
  const rebuilt =
    stock === 'redis-counter' ? shop.options.option('stock', stock).counts.rebuilt : null
  return { placed: done, refused: failed, rebuilt }
}

/** Turns until nothing is left to settle, as the worker makes them; reservations end by age. */
const settlingMs = 30_000

async function settled(shop: InProcessShop, stock: (typeof stocks)[number]): Promise<void> {
  if (stock !== 'redis-counter') return
  const counter = shop.options.option('stock', stock)
  for (let turn = 0; turn < 100; turn += 1) {
    if ((await counter.settle(settlingMs)) === 0) return
  }
}
