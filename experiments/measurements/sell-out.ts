import { sql } from 'drizzle-orm'
import type { OptionName } from '../../server/designs/axes.ts'
import type { FlowCtx } from '../../server/designs/flow-ctx.ts'
import type { OpenedOptions } from '../../server/designs/opened-options.ts'
import { Problem } from '../../server/errors.ts'
import { timeOfRush } from '../run/closed-loop.ts'
import type { InProcessShop } from './shop.ts'

export type StockOption = OptionName<'stock'>

const line = { optionId: '1', quantity: 1 }
const triesMax = 10
/** Calls of `settle` after a rush: each brings one batch into the table. */
const settlesMax = 100

/** How a buyer takes a unit: as the option does it alone, or in a transaction as an order does. */
export type Taking = 'alone' | 'in-transaction'

/**
 * As many buyers as units, all there from the start: each must get one, and none may be left. Where
 * a buyer needs a connection, as many as the pool has are served at once; the others queue here,
 * since the pool's own queue is shorter.
 * @returns milliseconds to the last answer, and what is wrong with the answers
 */
export async function sellOut(
  shop: InProcessShop,
  option: StockOption,
  units: number,
  taking: Taking = 'alone',
): Promise<{ ms: number; findings: string[] }> {
  const ctx = shop.ctx(`after,stock=${option}`)
  const isAlone = taking === 'alone' && ctx.design.stock.takeAlone !== undefined
  await restock(shop, units)
  let sold = 0
  const callers = isAlone ? units : ctx.connections.limits.connections
  const ms = await timeOfRush(units, callers, async () => {
    if (await buy(ctx, isAlone)) sold += 1
  })
  const left = await leftOf(shop.options, ctx)
  const isRight = sold === units && left === 0
  return { ms, findings: isRight ? [] : [`of ${units} units ${sold} were sold, ${left} are left`] }
}

/** A buyer who is refused for contention tries again: that is no answer yet. */
async function buy(ctx: FlowCtx, isAlone: boolean): Promise<boolean> {
  const { stock } = ctx.design
  for (let tries = 1; ; tries += 1) {
    try {
      return isAlone && stock.takeAlone
        ? await stock.takeAlone(ctx, line)
        : await ctx.connections.transaction((db) => stock.take(ctx, db, line))
    } catch (error) {
      const isContention = error instanceof Problem && error.code === 'lock-contention'
      if (!isContention || tries === triesMax) throw error
    }
  }
}

async function leftOf(options: OpenedOptions, ctx: FlowCtx): Promise<number> {
  const { available = sql`o.stock` } = ctx.design.stock
  for (let turn = 0; turn < settlesMax; turn += 1) if (!(await options.settle('stock'))) break
  const [row] = await ctx.connections.use((db) =>
    db.rows<{ units: number | string }>(sql`
      select ${available} as units from product_options o where o.id = ${line.optionId}`),
  )
  return Number(row?.units)
}

/** The same stock for every option, and nothing left in Redis. */
async function restock({ services }: InProcessShop, units: number): Promise<void> {
  const { connections, redis } = services
  await connections.use(async (db) => {
    await db.change(sql`delete from stock_lines`)
    await db.change(sql`update product_options
        set stock = ${units}, initial_stock = ${units}, version = 0, stock_fence = 0
        where id = ${line.optionId}`)
  })
  const { keyPrefix = '' } = redis.options
  const keys = await redis.keys(`${keyPrefix}*`)
  if (keys.length > 0) await redis.del(...keys.map((key) => key.slice(keyPrefix.length)))
}
