import { sql } from 'drizzle-orm'
import { defaultSeedProfile } from '../../../server/db/seed.ts'
import type { FlowCtx } from '../../../server/designs/flow-ctx.ts'
import { closedLoop } from '../../run/closed-loop.ts'
import { type InProcessShop, inShop } from '../shop.ts'
import { interleaved, rateText } from '../turns.ts'

const rounds = 7
const roundMs = 1000
const floor = 20
const aim = 100
/** Each at the number that suits it best: beyond eight, those of a row lock only queue. */
const callers = { rowLock: 8, coalesced: 1024 }
/** More than can be taken in all rounds, and below what the column can hold. */
const units = 2_000_000_000
const line = { optionId: '1', quantity: 1 }

const profile = { ...defaultSeedProfile, users: 10, products: 10, stock: units }

/**
 * Durable decrements of one product per second: coalesced ÷ row-lock. One product that all want:
 * what one process takes durably, by the stock's own interface.
 */
export const stockCoalesced = inShop({ profile }, async (shop, advance) => {
  const taken = { count: 0 }
  const rowLock = taking(shop.ctx('stock=row-lock'), callers.rowLock, taken)
  const coalesced = taking(shop.ctx('stock=coalesced'), callers.coalesced, taken)
  await Promise.all([rowLock(), coalesced()])
  const { ratio, a, b } = await interleaved([rowLock, coalesced], rounds, advance)
  const left = await leftIn(shop)
  if (left !== units - taken.count) {
    throw new Error(`${taken.count} of ${units} units were taken, and ${left} are left`)
  }
  const note =
    `row-lock ${rateText(a)} with ${callers.rowLock} callers, coalesced ${rateText(b)} ` +
    `with ${callers.coalesced}; ${taken.count} units taken, as many are gone; taken for good ` +
    'and by themselves: in an order each buyer’s transaction claims its share besides'
  const bounds = { floor, aim, better: 'higher', unit: 'ratio', note } as const
  return [{ name: 'stock-coalesced', ...ratio, ...bounds }]
})

/** Callers that take one unit after the other for a second. @returns units per second */
function taking(ctx: FlowCtx, count: number, taken: { count: number }): () => Promise<number> {
  const { stock } = ctx.design
  const take = () =>
    stock.takeAlone?.(ctx, line) ?? ctx.connections.transaction((db) => stock.take(ctx, db, line))
  return async () => {
    const { done, seconds } = await closedLoop(count, roundMs, take)
    taken.count += done
    return done / seconds
  }
}

async function leftIn({ services }: InProcessShop): Promise<number> {
  const rows = await services.connections.use((db) =>
    db.rows<{ stock: number }>(sql`select stock from product_options where id = ${line.optionId}`),
  )
  return rows[0]?.stock ?? Number.NaN
}
