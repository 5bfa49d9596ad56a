import { sql } from 'drizzle-orm'
import type { Ctx } from '../ctx.ts'
import type { Database } from '../db/connections.ts'
import { changed } from '../db/statements.ts'
import type { StockLine } from '../designs/stock/stock.ts'
import { byId } from '../designs/transaction/expand.ts'
import type { LinesStep, Party } from '../designs/transaction/transaction.ts'
import { Problem } from '../errors.ts'
import type { Claim } from './item-kinds/kind.ts'
import { type KindName, kindOf } from './item-kinds/kinds.ts'

/** A line of an order as stock knows it. Sagas of older versions have neither kind nor units. */
export interface HeldLine extends StockLine {
  kind?: KindName
  /** Units of stock that the line holds or is to take: 0 for a reservation or a missed gift. */
  units?: number
}

export interface OrderLine extends HeldLine {
  unitPriceMinor: number
  /** Of a gift: the option that it comes with. */
  giftOf?: string
}

interface Holding {
  userId: string
  lines: HeldLine[]
}

export const unitsOf = ({ units, quantity }: HeldLine): number => units ?? quantity

const stockOf = (line: HeldLine): StockLine => ({
  optionId: line.optionId,
  quantity: unitsOf(line),
})

const claimOf = ({ optionId, quantity }: HeldLine, userId: string): Claim => ({
  optionId,
  quantity,
  userId,
})

/** Takes what the lines of an order need; a gift that is sold out is left. */
export function takeLines(lines: readonly OrderLine[], mayFollow: string): LinesStep<Taking> {
  const how = { run: takeLine, undo: dropLine, together: takeTogether }
  return { name: 'take-stock', kind: 'lines', mayFollow, lines, ...how }
}

/** Gives back what the lines of a cancelled order held. */
export function giveBackLines(lines: readonly HeldLine[]): LinesStep<Holding> {
  return { name: 'give-back', kind: 'lines', lines, run: dropLine }
}

interface Taking {
  userId: string
  lines: OrderLine[]
  /** One a line, once the order is written. */
  itemIds: string[]
}

/** Leaves a gift that is sold out; where the order is written already, its item is put right. */
async function miss(db: Database, { lines, itemIds }: Taking, index: number): Promise<void> {
  lineAt(lines, index).units = 0
  const itemId = itemIds[index]
  if (itemId) await changed(db, sql`update order_items set units = 0 where id = ${itemId}`)
}

async function takeLine(ctx: Ctx, state: Taking, db: Database, index: number): Promise<void> {
  const line = lineAt(state.lines, index)
  if (unitsOf(line) > 0 && !(await ctx.design.stock.take(ctx, db, stockOf(line)))) {
    if (!line.giftOf) {
      throw new Problem('sold-out', { detail: `Option ${line.optionId} is sold out` })
    }
    await miss(db, state, index)
  }
  await kindOf(line.kind).take?.(db, claimOf(line, state.userId))
  await ctx.at('order.stock.taken', db)
}

/** Units that an order takes, its gifts apart: these are left where they are not to be had. */
interface Want {
  bought: StockLine[]
  gifts: (StockLine & { line: OrderLine })[]
}

const wantOf = ({ state: { lines } }: Party<Taking>): Want => ({
  bought: lines.filter(({ giftOf }) => !giftOf).map(stockOf),
  gifts: lines.filter(({ giftOf }) => giftOf).map((line) => ({ line, ...stockOf(line) })),
})

/** The rows are locked by the one statement; what the kinds need besides lies in them. */
async function takeTogether(parties: readonly Party<Taking>[], db: Database): Promise<Refusals> {
  const wants = parties.map(wantOf)
  const missed = await takeWants(parties[0]?.ctx, wants, db)
  for (const [index, party] of parties.entries()) {
    const left = missed[index]
    if (left) await finishTaking(party, db, left)
  }
  return wants.map(({ bought }, index) => (missed[index] ? undefined : soldOut(bought)))
}

type Refusals = (Problem | undefined)[]

/** For each order the gifts that were left; undefined = one of its items is sold out. */
type Missed = (readonly StockLine[] | undefined)[]

/** For all at once, or where there is too little for all of them, in the order of their coming. */
async function takeWants(
  ctx: Ctx | undefined,
  wants: readonly Want[],
  db: Database,
): Promise<Missed> {
  const [first, ...others] = wants
  if (!ctx || !first) return []
  if (others.length === 0) return [await takeAll(ctx, db, first)]
  await changed(db, sql`savepoint all_orders`)
  const all = {
    bought: wants.flatMap(({ bought }) => bought),
    gifts: wants.flatMap(({ gifts }) => gifts),
  }
  const left = await takeAll(ctx, db, all)
  if (left) return wants.map(() => left)
  await changed(db, sql`rollback to savepoint all_orders`)
  return await takeInTurn(ctx, wants, db)
}

/** All rows are locked by now, so that nobody waits in a circle. */
async function takeInTurn(ctx: Ctx, wants: readonly Want[], db: Database): Promise<Missed> {
  const missed: Missed = []
  for (const want of wants) {
    await changed(db, sql`savepoint one_order`)
    const left = await takeAll(ctx, db, want)
    if (!left) await changed(db, sql`rollback to savepoint one_order`)
    missed.push(left)
  }
  return missed
}

async function takeAll(ctx: Ctx, db: Database, { bought, gifts }: Want) {
  const { stock } = ctx.design
  if (!stock.takeAll) throw new Problem('internal', { detail: 'The stock takes no lines at once' })
  return await stock.takeAll(ctx, db, bought, gifts)
}

function soldOut(bought: readonly StockLine[]): Problem {
  const ids = bought.map(({ optionId }) => optionId).join(', ')
  return new Problem('sold-out', { detail: `Of the options ${ids} one is sold out` })
}

/** What there is to do besides, once the units are taken. */
async function finishTaking(
  { ctx, state }: Party<Taking>,
  db: Database,
  missed: readonly StockLine[],
): Promise<void> {
  for (const [index, line] of state.lines.entries()) {
    if (missed.some((gift) => 'line' in gift && gift.line === line)) await miss(db, state, index)
  }
  const bought = state.lines.filter(({ giftOf }) => !giftOf)
  for (const line of bought.toSorted((a, b) => byId(a.optionId, b.optionId))) {
    await kindOf(line.kind).take?.(db, claimOf(line, state.userId))
  }
  await ctx.at('order.stock.taken', db)
}

async function dropLine(ctx: Ctx, state: Holding, db: Database, index: number): Promise<void> {
  const line = lineAt(state.lines, index)
  if (unitsOf(line) > 0) await ctx.design.stock.giveBack(ctx, db, stockOf(line))
  await kindOf(line.kind).undo?.(db, claimOf(line, state.userId))
  await ctx.at('order.stock.returned', db)
}

function lineAt<Line>(lines: Line[], index: number): Line {
  const line = lines[index]
  if (!line) throw new Problem('internal', { detail: `The order has no line ${index}` })
  return line
}
