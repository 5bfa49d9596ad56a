import { sql } from 'drizzle-orm'
import type { Database } from '../db/connections.ts'
import type { StockLine } from '../designs/stock/stock.ts'
import { byId, passPoint } from '../designs/transaction/expand.ts'
import type { BatchMember, LinesStep } from '../designs/transaction/transaction.ts'
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

interface HeldLinesState {
  userId: string
  lines: HeldLine[]
}

export const unitsOf = ({ units, quantity }: HeldLine): number => units ?? quantity

const stockOf = (line: HeldLine): StockLine => {
  return { optionId: line.optionId, quantity: unitsOf(line) }
}

const claimOf = ({ optionId, quantity }: HeldLine, userId: string): Claim => {
  return { optionId, quantity, userId }
}

/** Takes what the lines of an order need; a gift that is sold out is left. */
export function takeLines(lines: readonly OrderLine[], mayFollow: string): TakeStep {
  const how = { run: takeLine, undo: dropLine, together: takeTogether }
  return { name: 'take-stock', kind: 'lines', mayFollow, lines, ...how }
}

/** Gives back what the lines of a cancelled order held. */
export function giveBackLines(lines: readonly HeldLine[]): LinesStep<HeldLinesState> {
  return { name: 'give-back', kind: 'lines', lines, run: dropLine }
}

interface StockTakeState {
  userId: string
  lines: OrderLine[]
  /** One a line, once the order is written. */
  itemIds: string[]
}

type TakeStep = LinesStep<StockTakeState>
type Member = BatchMember<StockTakeState>

/** Leaves a gift that is sold out; where the order is written already, its item is put right. */
async function miss(db: Database, state: StockTakeState, index: number): Promise<void> {
  lineAt(state.lines, index).units = 0
  const itemId = state.itemIds[index]
  if (itemId) await db.change(sql`update order_items set units = 0 where id = ${itemId}`)
}

const takeLine: TakeStep['run'] = async (ctx, state, db, index) => {
  const line = lineAt(state.lines, index)
  if (unitsOf(line) > 0 && !(await ctx.design.stock.take(ctx, db, stockOf(line)))) {
    if (!line.giftOf) {
      throw new Problem('sold-out', { detail: `Option ${line.optionId} is sold out` })
    }
    await miss(db, state, index)
  }
  await kindOf(line.kind).take?.(db, claimOf(line, state.userId))
  await ctx.at('order.stock.taken', db, line.optionId)
}

type Gifts = readonly (StockLine & { line: OrderLine })[]

/** The rows are locked by the one statement; what the kinds need besides lies in them. */
const takeTogether: Required<TakeStep>['together'] = async (members, db) => {
  const [first] = members
  if (!first) return []
  const { stock } = first.ctx.design
  if (!stock.takeAll) throw new Problem('internal', { detail: 'The stock takes no lines at once' })
  const orders = members.map(({ state: { lines } }) => ({
    lines: lines.filter(({ giftOf }) => !giftOf).map(stockOf),
    gifts: lines.filter(({ giftOf }) => giftOf).map((line) => ({ line, ...stockOf(line) })),
  }))
  const missed = await stock.takeAll(first.ctx, db, orders)
  const isAlone = members.length === 1
  const refusals: Refusal[] = []
  for (const [index, member] of members.entries()) {
    const left = missed[index]
    if (!left) refusals.push(soldOut(orders[index]?.lines ?? []))
    else if (isAlone) refusals.push(await finishTaking(member, db, left))
    else refusals.push(await unlessRefused(member, db, left))
  }
  const served = members.filter((_, index) => !refusals[index])
  const taken = served.flatMap(({ state }) => state.lines.map(({ optionId }) => optionId))
  await passPoint(served, 'order.stock.taken', db, taken)
  return refusals
}

type Refusal = Problem | undefined

function soldOut(lines: readonly StockLine[]): Problem {
  const ids = lines.map(({ optionId }) => optionId).join(', ')
  return new Problem('sold-out', { detail: `Of the options ${ids} one is sold out` })
}

/** What there is to do besides, once the units are taken. */
async function finishTaking({ state }: Member, db: Database, missed: Gifts): Promise<undefined> {
  for (const { line } of missed) await miss(db, state, state.lines.indexOf(line))
  const bought = state.lines.filter(({ giftOf }) => !giftOf)
  for (const line of bought.toSorted((a, b) => byId(a.optionId, b.optionId))) {
    await kindOf(line.kind).take?.(db, claimOf(line, state.userId))
  }
}

/** The same; where a kind refuses the order, all that was taken for it is given back. */
async function unlessRefused(member: Member, db: Database, missed: Gifts): Promise<Refusal> {
  const { ctx, state } = member
  if (!state.lines.some(({ kind }) => kindOf(kind).take)) return finishTaking(member, db, missed)
  await db.change(sql`savepoint units_taken`)
  try {
    return await finishTaking(member, db, missed)
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    await db.change(sql`rollback to savepoint units_taken`)
    for (const line of state.lines.map(stockOf)) {
      if (line.quantity > 0) await ctx.design.stock.giveBack(ctx, db, line)
    }
    return error
  }
}

const dropLine: LinesStep<HeldLinesState>['run'] = async (ctx, state, db, index) => {
  const line = lineAt(state.lines, index)
  if (unitsOf(line) > 0) await ctx.design.stock.giveBack(ctx, db, stockOf(line))
  await kindOf(line.kind).undo?.(db, claimOf(line, state.userId))
  await ctx.at('order.stock.returned', db, line.optionId)
}

function lineAt<Line>(lines: Line[], index: number): Line {
  const line = lines[index]
  if (!line) throw new Problem('internal', { detail: `The order has no line ${index}` })
  return line
}
