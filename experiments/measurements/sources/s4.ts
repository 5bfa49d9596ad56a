import { sql } from 'drizzle-orm'
import { closedLoop } from '../../run/closed-loop.ts'
import {
  type Audited,
  audited,
  designsOf,
  type Reproduction,
  type Row,
  type SourceTestBed,
} from '../measurement.ts'
import { type InProcessShop, orderOf, withShop } from '../shop.ts'
import { type Advance, inTurns, partOf } from '../turns.ts'
import { takeAll } from '../waiting-orders.ts'

const stocks = { 'row-lock': 'decremented under a row lock', derived: 'computed' }
const dispatches = ['random-lock', 'chosen', 'skip-locked', 'queue'] as const
const callers = 32
/** Far from the end: there no row of the item is locked. */
const plenty = 10_000_000

export const s4: Reproduction = async (testBed, advance) => {
  return await withShop(testBed, { poolConnections: callers }, async (shop) => {
    const stock = await soldOfOneItem(testBed, shop, partOf(advance, 0, 2))
    const ofStock = audited('both kinds of stock', await shop.audit())
    const picked = await pickedOrders(testBed, shop, partOf(advance, 1, 2))
    return { rows: [stock, picked.row], audits: [ofStock, ...picked.audits], remarks: [] }
  })
}

async function soldOfOneItem(
  { quick }: SourceTestBed,
  shop: InProcessShop,
  advance: Advance,
): Promise<Row> {
  await shop.services.connections.use((db) =>
    db.change(sql`update product_options set stock = ${plenty}, initial_stock = ${plenty}`),
  )
  const measure = (stock: string) => {
    const ctx = shop.ctx(`after,transaction=one-big,stock=${stock}`)
    return closedLoop(callers, quick ? 600 : 1500, (call) => orderOf(ctx, 1 + (call % 5000), [1]))
  }
  const loops = await inTurns(Object.keys(stocks), quick ? 3 : 8, measure, advance)
  return {
    what: `${callers} buyers at once of one product, an order in one transaction: rate`,
    unit: 'orders/s',
    better: 'higher',
    designs: designsOf('stock', loops, ({ perSecond }) => perSecond, { titles: stocks }),
    note: 'Of one product: with many products no row is hot, and computing the sum only costs.',
  }
}

async function pickedOrders(
  { quick }: SourceTestBed,
  shop: InProcessShop,
  advance: Advance,
): Promise<{ row: Row; audits: Audited[] }> {
  const count = quick ? 200 : 500
  const measure = (option: string) => takeAll(shop, option, count)
  const runs = await inTurns(dispatches, quick ? 2 : 6, measure, advance)
  const titles = Object.fromEntries(dispatches.map((name) => [name, name.replaceAll('-', ' ')]))
  const row: Row = {
    what: `8 workers take ${count} waiting orders: rate`,
    unit: 'orders/s',
    better: 'higher',
    designs: designsOf('dispatch', runs, ({ perSecond }) => perSecond, { titles }),
  }
  const findingsOf = (name: (typeof dispatches)[number]) =>
    runs[name].flatMap(({ findings }) => findings)
  return { row, audits: dispatches.map((name) => audited(`dispatch=${name}`, findingsOf(name))) }
}
