import { sql } from 'drizzle-orm'
import { timeOfRush } from '../run/closed-loop.ts'
import type { InProcessShop } from './shop.ts'

const workers = 8

let offered = 0

/**
 * Eight workers of the warehouse empty a list of paid orders, all at once.
 * @param option of `dispatch`
 * @returns orders per second, and how many orders did not go to exactly one worker
 */
export async function takeAll(shop: InProcessShop, option: string, count: number) {
  const { connections } = shop.services
  const ctx = shop.ctx(`after,dispatch=${option}`)
  await connections.use((db) => db.change(sql`delete from dispatches`))
  const first = ++offered * 1_000_000
  const ids = Array.from({ length: count }, (_, at) => String(first + at))
  await connections.transaction(async (db) => ctx.design.dispatch.offer(ctx, db, ids))
  const taken: string[] = []
  const ms = await timeOfRush(count, workers, async (call) => {
    const orderId = await ctx.design.dispatch.take(ctx, `worker-${call % workers}`)
    if (orderId !== undefined) taken.push(orderId)
  })
  const rows = await connections.use((db) =>
    db.rows<{ id: string }>(sql`select order_id as id from dispatches where status = 'taken'`),
  )
  const different = new Set(taken).size
  const isRight = different === count && taken.length === count && rows.length === count
  const wrong = `of ${count} orders ${different} were handed out, ${rows.length} are taken`
  return { perSecond: count / (ms / 1000), findings: isRight ? [] : [wrong] }
}
