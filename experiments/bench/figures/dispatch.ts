import { sql } from 'drizzle-orm'
import { median } from 'simple-statistics'
import { changed } from '../../../server/db/statements.ts'
import { interleaved } from '../../measure/turns.ts'
import type { Benchmark } from '../figure.ts'
import { type BenchShop, openBenchShop } from '../shop.ts'

const orders = 400
const workers = 8
const rounds = 5
const floor = 1.5

/** Workers of the warehouse who empty a list of paid orders, all at once. */
export const dispatch: Benchmark = {
  name: 'dispatch',
  summary: 'orders taken per second by eight workers at once: skip-locked ÷ random-lock',
  async measure(experiment, advance) {
    const shop = await openBenchShop(await experiment.testBed(), 'dispatch')
    try {
      const rate = (option: string) => () => takenPerSecond(shop, `after,dispatch=${option}`)
      await rate('skip-locked')()
      const turns = [rate('random-lock'), rate('skip-locked')] as const
      const { ratio, a, b } = await interleaved(turns, rounds, advance)
      const [slow, fast] = [Math.round(median(a)), Math.round(median(b))]
      const note = `random-lock ${slow}/s, skip-locked ${fast}/s, of ${orders} orders that wait`
      return [{ name: 'dispatch', ...ratio, floor, better: 'higher', unit: 'ratio', note }]
    } finally {
      await shop.close()
    }
  },
}

async function takenPerSecond(shop: BenchShop, design: string): Promise<number> {
  await fill(shop)
  const ctx = shop.ctx(design)
  const startedMs = performance.now()
  const work = async (_: unknown, index: number) => {
    let count = 0
    while (await ctx.design.dispatch.take(ctx, `worker-${index}`)) count += 1
    return count
  }
  const counts = await Promise.all(Array.from({ length: workers }, work))
  const seconds = (performance.now() - startedMs) / 1000
  const taken = counts.reduce((sum, count) => sum + count, 0)
  if (taken !== orders) throw new Error(`${taken} of ${orders} orders were taken`)
  return taken / seconds
}

/** Rows as payments leave them; nobody reads the orders themselves. */
async function fill({ services }: BenchShop): Promise<void> {
  const row = (index: number) => sql`(${index + 1}, 'waiting', ${new Date()})`
  const rows = Array.from({ length: orders }, (_, index) => row(index))
  await services.connections.use(async (db) => {
    await changed(db, sql`delete from dispatches`)
    await changed(
      db,
      sql`insert into dispatches (order_id, status, queued_at) values ${sql.join(rows, sql`,`)}`,
    )
  })
}
