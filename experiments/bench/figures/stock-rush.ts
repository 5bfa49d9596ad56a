import { sql } from 'drizzle-orm'
import type { Ctx } from '../../../server/ctx.ts'
import { defaultSeedProfile } from '../../../server/db/seed.ts'
import { rowsOf } from '../../../server/db/statements.ts'
import { axes, type OptionName } from '../../../server/designs/axes.ts'
import type { Stock } from '../../../server/designs/stock/stock.ts'
import { Problem } from '../../../server/errors.ts'
import { percentile, ratioOf } from '../../judge/statistics.ts'
import type { Benchmark, Figure } from '../figure.ts'
import { type BenchShop, openBenchShop } from '../shop.ts'

type Option = OptionName<'stock'>

const buyers = 1000
const rounds = 6
const optionId = '1'
const profile = {
  ...defaultSeedProfile,
  popularDays: 0,
  ...{ users: 1, balanceMinor: 0, products: 1, hotOptions: 1 },
  ...{ stock: buyers, limitedOptionId: 2, limitedStock: 1 },
}
/** An option that takes longer is measured once: it is not the best. */
const slowMs = 3000
const triesMax = 10
/** Turns of settling after a rush: each brings a lot into the table. */
const turnsMax = 100
const compared: Option = 'row-lock'
/** Measured in each buyer's transaction as well: so an order takes it. */
const merged: Option = 'coalesced'
const aloneOrNot = ({ takeAlone }: Stock) => takeAlone
const inTransaction = () => undefined

/** Source S3, NestJS and MySQL 8: until the last answer of 1,000 buyers of 1,000 units, seconds. */
const source: { [O in Option]?: number } = { 'row-lock': 6, 'redis-lock': 11, 'pubsub-lock': 7 }

/** How long a crowd waits at one item, with every option that sells no more than there is. */
export const stockRush: Benchmark = {
  name: 'stock-rush',
  summary: '1,000 units, 1,000 buyers at once, time to the last right answer: row lock ÷ best',
  async measure(experiment, advance) {
    const shop = await openBenchShop(await experiment.testBed(), 'rush', { profile })
    const claimedMs: number[] = []
    try {
      const timesMs = new Map(correctOptions().map((option) => [option, [] as number[]]))
      for (let round = 0; round < rounds; round += 1) {
        for (const option of inTurn([...timesMs.keys()], round)) {
          const times = timesMs.get(option) ?? []
          if ((times[0] ?? 0) < slowMs || option === compared) times.push(await rush(shop, option))
        }
        claimedMs.push(await rush(shop, merged, inTransaction))
        advance((round + 1) / rounds)
      }
      return [figureOf(timesMs, claimedMs)]
    } finally {
      await shop.close()
    }
  },
}

function correctOptions(): Option[] {
  const knownBad: { [O in Option]?: string } = axes.stock.knownBad ?? {}
  return (Object.keys(axes.stock.options) as Option[]).filter((option) => !knownBad[option])
}

/** Each option is the first of a round once, and every other round goes backwards. */
function inTurn(options: Option[], round: number): Option[] {
  const from = round % options.length
  const turned = [...options.slice(from), ...options.slice(0, from)]
  return round % 2 === 0 ? turned : turned.toReversed()
}

/**
 * Milliseconds until the last of the buyers has the right answer.
 * @throws Error when an answer is wrong, or what is left is
 */
async function rush(shop: BenchShop, option: Option, how = aloneOrNot): Promise<number> {
  const ctx = shop.ctx(`stock=${option}`)
  await restock(shop)
  const startedMs = performance.now()
  const answers = await atOnce(ctx, how(ctx.design.stock))
  const tookMs = performance.now() - startedMs
  const taken = answers.filter(Boolean).length
  const left = await leftOf(ctx)
  if (taken !== buyers || left !== 0) {
    throw new Error(`stock=${option}: ${taken} of ${buyers} have a unit, ${left} are left`)
  }
  return tookMs
}

/**
 * All buyers are there from the start. Where each needs a connection, as many as the pool has are
 * served at once; the others stand in line here, since the pool's own line is shorter than this.
 */
async function atOnce(ctx: Ctx, takeAlone: Stock['takeAlone']): Promise<boolean[]> {
  const lanes = takeAlone ? buyers : ctx.connections.limits.connections
  const answers: boolean[] = []
  let waiting = buyers
  const serve = async () => {
    while (waiting > 0) {
      waiting -= 1
      answers.push(await buy(ctx, takeAlone))
    }
  }
  await Promise.all(Array.from({ length: lanes }, serve))
  return answers
}

/** Who is told that too many want the item asks again: that is no answer yet. */
async function buy(ctx: Ctx, takeAlone: Stock['takeAlone']): Promise<boolean> {
  const { stock } = ctx.design
  const line = { optionId, quantity: 1 }
  for (let tries = 1; ; tries += 1) {
    try {
      return takeAlone
        ? await takeAlone(ctx, line)
        : await ctx.connections.transaction((db) => stock.take(ctx, db, line))
    } catch (error) {
      const isContention = error instanceof Problem && error.code === 'lock-contention'
      if (!isContention || tries === triesMax) throw error
    }
  }
}

async function leftOf(ctx: Ctx): Promise<number> {
  const { available = sql`o.stock`, settle } = ctx.design.stock
  for (let turn = 0; turn < turnsMax; turn += 1) if (!(await settle?.(ctx))) break
  const [row] = await ctx.connections.use((db) =>
    rowsOf<{ units: number | string }>(
      db,
      sql`select ${available} as units from product_options o where o.id = ${optionId}`,
    ),
  )
  return Number(row?.units)
}

/** The same stock for everybody, and nothing left in Redis. */
async function restock({ services: { connections, redis } }: BenchShop): Promise<void> {
  await connections.use(async (db) => {
    await db.execute(sql`delete from stock_lines`)
    await db.execute(sql`update product_options
      set stock = initial_stock, version = 0, stock_fence = 0`)
  })
  const { keyPrefix = '' } = redis.options
  const keys = await redis.keys(`${keyPrefix}*`)
  if (keys.length > 0) await redis.del(...keys.map((key) => key.slice(keyPrefix.length)))
}

function figureOf(timesMs: Map<Option, number[]>, claimedMs: number[]): Figure {
  const median = (times: number[]) => percentile(times, 0.5)
  const sorted = [...timesMs].sort(([, a], [, b]) => median(a) - median(b))
  const [best = compared, bestMs = []] = sorted[0] ?? []
  const slow = timesMs.get(compared) ?? []
  const ratios = bestMs.map((ms, round) => (slow[round] ?? Number.NaN) / ms)
  const told = sorted.map(([option, times]) => {
    const theirs = source[option] === undefined ? '' : ` (source: ${source[option]} s)`
    return `${option} ${(median(times) / 1000).toFixed(2)} s${theirs}`
  })
  return {
    name: 'stock-rush',
    ...ratioOf(ratios, 1),
    floor: 5,
    aim: 20,
    better: 'higher',
    unit: `ratio (row lock ÷ ${best})`,
    note:
      `until the last of 1,000 answers, medians: ${told.join(', ')}. By itself ` +
      `${merged} needs no transaction for each buyer, the others do; in one, as in an order, ` +
      'it takes ' +
      `${(median(claimedMs) / 1000).toFixed(2)} s`,
  }
}
