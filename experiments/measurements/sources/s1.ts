import { sql } from 'drizzle-orm'
import type { FlowCtx } from '../../../server/designs/flow-ctx.ts'
import { closedLoop } from '../../run/closed-loop.ts'
import {
  audited,
  designsOf,
  type Reproduction,
  type Row,
  type SourceTestBed,
} from '../measurement.ts'
import { type InProcessShop, orderOf, withShop } from '../shop.ts'
import { type Advance, inTurns } from '../turns.ts'
import { fadeOutUnderLoad } from './s1-fade-out.ts'

const callers = 64
/** What the source preloads the ticket server with: a value three years ahead of the table. */
const headStartYears = 3
const secondsOfYear = 365 * 24 * 3600
const shown = 5

export const s1: Reproduction = async (testBed, advance) => {
  return await withShop(testBed, {}, async (shop) => {
    const rows = await speeds(testBed, shop, advance)
    const remarks = [...(await flip(shop)), ...(await mixSources(shop))]
    // Last, since requests for the table's ids are sent on to its successor from then on.
    const windowMs = testBed.quick ? 500 : 2000
    const faded = await fadeOutUnderLoad(shop, designOf('sequence-table'), windowMs, order)
    // Ids out of order are what both sources at once are known for; a remark counts them.
    const findings = (await shop.audit()).filter((line) => !line.startsWith('ids-unique'))
    const audits = [
      audited('both sources', findings),
      audited('all sequences faded out', faded.findings),
    ]
    return { rows, audits, remarks: [...remarks, faded.remark] }
  })
}

/** Of each customer so many orders are apart: two payments of one at once would be refused. */
const customers = 1000

/** A product and a customer for each: only the ids may be what is waited for. */
const order = (ctx: FlowCtx, call: number) =>
  orderOf(ctx, 1 + (call % customers), [22 + (call % 300)], { method: 'balance' })

const designOf = (ids: string) => `before,effects=outbox,stock=conditional-update,ids=${ids}`

async function speeds(
  { quick }: SourceTestBed,
  shop: InProcessShop,
  advance: Advance,
): Promise<Row[]> {
  const measure = (source: string) => {
    const ctx = shop.ctx(designOf(source))
    return closedLoop(callers, quick ? 500 : 1500, (call) => order(ctx, call))
  }
  const sources = ['sequence-table', 'ticket-server']
  const loops = await inTurns(sources, quick ? 3 : 8, measure, advance)
  const rates = designsOf('ids', loops, ({ perSecond }) => perSecond)
  const times = designsOf('ids', loops, ({ p99Ms }) => p99Ms)
  const what = `orders paid by ${callers} at once, five ids and a product of its own for each`
  return [
    { what: `${what}: rate`, unit: 'orders/s', better: 'higher', designs: rates },
    { what: `${what}: p99`, unit: 'ms', better: 'lower', designs: times },
  ]
}

/** The source's steps: the table stands still once the flag is flipped, and the lead is enough. */
async function flip(shop: InProcessShop): Promise<string[]> {
  const table = async () => {
    const rows = await shop.services.connections.use((db) =>
      db.rows<{ name: string; value: string }>(sql`select name, value from sequences`),
    )
    return JSON.stringify(rows)
  }
  const before = await table()
  const first = BigInt((await order(shop.ctx('before,ids=ticket-server'), 0)).id)
  const stood = (await table()) === before
  const last = BigInt((await order(shop.ctx('before,ids=sequence-table'), 1)).id)
  const perSecond = Number(first - last) / (headStartYears * secondsOfYear)
  return [
    stood
      ? 'Once the flag is flipped the table’s values no longer move.'
      : 'The table’s values still move after the flag was flipped.',
    `The ticket server begins at ${first}: the table, now at ${last}, would need ` +
      `${headStartYears} years at ${perSecond.toFixed(1)} ids/s to reach it.`,
  ]
}

/** Both sources in turn: newer orders with smaller ids, as `order by id desc` shows them. */
async function mixSources(shop: InProcessShop): Promise<string[]> {
  for (let turn = 0; turn < 20; turn += 1) {
    const ids = turn % 2 === 0 ? 'ticket-server' : 'sequence-table'
    await order(shop.ctx(`before,ids=${ids}`), turn)
  }
  return await shop.services.connections.use(async (db) => {
    const rows = await db.rows<{ id: string; isNewest: number }>(sql`
      select id, created_at >= (select min(created_at) from (
               select created_at from orders order by created_at desc limit ${shown}) newest)
        as isNewest
      from orders order by id desc limit ${shown}`)
    const missing = rows.filter(({ isNewest }) => Number(isNewest) === 0).length
    return [
      `With both sources at once, order by id desc limit ${shown} shows ${missing} orders that ` +
        `are not among the ${shown} newest.`,
    ]
  })
}
