import { sql } from 'drizzle-orm'
import type { Ctx } from '../../../server/ctx.ts'
import { changed, rowsOf } from '../../../server/db/statements.ts'
import { placeOrder } from '../../../server/flows/place-order.ts'
import { type BenchShop, openBenchShop } from '../../bench/shop.ts'
import { closedLoop, timeOfRush } from '../../measure/closed-loop.ts'
import { inTurns } from '../../measure/turns.ts'
import { auditShop } from '../audit-shop.ts'
import type { Audited, ReproduceRig, Reproduction, Row } from '../reproduction.ts'

const stocks = ['row-lock', 'derived'] as const
const dispatches = ['random-lock', 'chosen', 'skip-locked', 'queue'] as const
type Dispatch = (typeof dispatches)[number]
const callers = 32
const workers = 8
/** Far from the end: there nobody locks a row of the item. */
const plenty = 10_000_000

export const s4: Reproduction = {
  name: 'S4',
  title: 'Stock that is derived, orders that workers choose',
  told:
    'Stock is not decremented but computed as quantity less the lines sold, so that no row of ' +
    'the item is locked; workers choose their order, where a random waiting one was taken for ' +
    'update in a loop around a Redis lock; a queue as well. The source tells no figures.',
  async reproduce(testBed, advance) {
    const shop = await openBenchShop(testBed, 'warehouse', { poolConnections: callers })
    try {
      const stock = await soldOfOneItem(testBed, shop, (fraction) => advance(fraction / 2))
      const findings = await auditShop(shop.url)
      const audits: Audited[] = [{ design: 'both kinds of stock', findings, isKnownBad: false }]
      const picked = await pickedOrders(testBed, shop, (fraction) => advance(0.5 + fraction / 2))
      audits.push(...picked.audits)
      return { rows: [stock, picked.row], audits, seen: [] }
    } finally {
      await shop.close()
    }
  },
}

let keys = 0
const order = (ctx: Ctx, call: number) =>
  placeOrder(ctx, {
    userId: String(1 + (call % 5000)),
    idempotencyKey: `reproduce-${++keys}`,
    items: [{ optionId: '1', quantity: 1 }],
  })

async function soldOfOneItem(
  { quick }: ReproduceRig,
  shop: BenchShop,
  advance: (fraction: number) => void,
): Promise<Row> {
  await shop.services.connections.use((db) =>
    changed(db, sql`update product_options set stock = ${plenty}, initial_stock = ${plenty}`),
  )
  const ours = await inTurns(
    stocks,
    quick ? 3 : 8,
    async (stock) => {
      const ctx = shop.ctx(`after,transaction=one-big,stock=${stock}`)
      const looped = await closedLoop(callers, quick ? 600 : 1500, (call) => order(ctx, call))
      return looped.perSecond
    },
    advance,
  )
  return {
    what: `${callers} buyers at once of one product, an order in one transaction: rate`,
    unit: 'orders/s',
    better: 'higher',
    designs: stocks.map((name) => ({
      name: name === 'derived' ? 'computed' : 'decremented under a row lock',
      option: `stock=${name}`,
      theirs: null,
      ours: ours[name],
    })),
    note: 'Of one product: with many products no row is hot, and computing the sum only costs.',
  }
}

async function pickedOrders(
  { quick }: ReproduceRig,
  shop: BenchShop,
  advance: (fraction: number) => void,
): Promise<{ row: Row; audits: Audited[] }> {
  const count = quick ? 200 : 500
  const wrong = new Map<Dispatch, string[]>()
  const ours = await inTurns(
    dispatches,
    quick ? 2 : 6,
    async (option) => {
      const { perSecond, findings } = await pickAll(shop, option, count)
      wrong.set(option, [...(wrong.get(option) ?? []), ...findings])
      return perSecond
    },
    advance,
  )
  const row: Row = {
    what: `${workers} workers take ${count} waiting orders: rate`,
    unit: 'orders/s',
    better: 'higher',
    designs: dispatches.map((name) => ({
      name: name.replaceAll('-', ' '),
      option: `dispatch=${name}`,
      theirs: null,
      ours: ours[name],
    })),
  }
  const audits = [...wrong].map(([option, findings]) => ({
    design: `dispatch=${option}`,
    findings,
    isKnownBad: false,
  }))
  return { row, audits }
}

/** Orders that wait are all taken, each by one worker. */
async function pickAll(shop: BenchShop, option: Dispatch, count: number) {
  const { connections } = shop.services
  const ctx = shop.ctx(`after,dispatch=${option}`)
  await connections.use((db) => changed(db, sql`delete from dispatches`))
  const first = ++keys * 1_000_000
  await connections.transaction(async (db) => {
    for (let at = 0; at < count; at += 1) {
      await ctx.design.dispatch.offer(ctx, db, String(first + at))
    }
  })
  const taken: string[] = []
  const ms = await timeOfRush(count, workers, async (call) => {
    const orderId = await ctx.design.dispatch.take(ctx, `worker-${call % workers}`)
    if (orderId !== undefined) taken.push(orderId)
  })
  const rows = await connections.use((db) =>
    rowsOf<{ id: string }>(db, sql`select order_id as id from dispatches where status = 'taken'`),
  )
  const isRight = new Set(taken).size === count && rows.length === count
  const said = `of ${count} orders ${new Set(taken).size} were handed out, ${rows.length} are taken`
  return { perSecond: count / (ms / 1000), findings: isRight ? [] : [said] }
}
