import { type SQL, sql } from 'drizzle-orm'
import type { Ctx, StockEvent } from '../../ctx.ts'
import type { Database } from '../../db/connections.ts'
import { counter } from '../../metrics/table.ts'
import type { Option } from '../option.ts'

export interface StockLine {
  optionId: string
  quantity: number
}

/** What one order takes; gifts that are sold out are left out. */
export interface OrderUnits<Gift extends StockLine = StockLine> {
  lines: readonly StockLine[]
  gifts: readonly Gift[]
}

/**
 * What says how much is left: the row of the option, the lines taken, or a counter. An option that
 * uses one of them does not see what is sold by another.
 */
export type StockLedger = 'row' | 'lines' | 'counter'

/** Axis `stock`: how one item of an order is taken from stock, never below zero. */
export interface Stock {
  /** What is left, over the alias `o` of product_options; absent = `o.stock`. */
  available?: SQL
  /**
   * Takes the line for the caller's transaction: when that rolls back, nothing is taken.
   * @returns false when there is not enough left
   */
  take(ctx: Ctx, db: Database, line: StockLine): Promise<boolean>
  /**
   * Takes all lines of one or several orders, the rows locked in the order of their ids whatever
   * comes of it; 0 units only lock their row. Where there is too little for all, who came first is
   * served; a gift that is not to be had is left.
   * @returns for each order the gifts that were left; undefined when one of its lines is sold out.
   * A single order may then have taken some: the caller rolls back.
   */
  takeAll?<Gift extends StockLine>(
    ctx: Ctx,
    db: Database,
    orders: readonly OrderUnits<Gift>[],
  ): Promise<(readonly Gift[] | undefined)[]>
  /** Gives the line back with the caller's transaction. */
  giveBack(ctx: Ctx, db: Database, line: StockLine): Promise<void>
  /**
   * Takes the line for good, durably before it answers, with no transaction of the caller's: what
   * `take` itself is built on. Where it is absent, a transaction around `take` does the same.
   */
  takeAlone?(ctx: Ctx, line: StockLine): Promise<boolean>
}

/** An option of the axis, with what has to be known of it before it is opened. */
export interface StockOption extends Option<Stock> {
  /** Absent = `row`. */
  ledger?: StockLedger
  /** It has `takeAll`. */
  takesAll?: true
  /** What can come between a taker and an item; without any, takers queue in the database. */
  contention?: readonly StockEvent[]
}

/** Adds units to the row of an option; below zero they are taken, whatever is left. */
export async function addUnits(db: Database, optionId: string, units: number): Promise<void> {
  await db.change(sql`update product_options set stock = stock + ${units} where id = ${optionId}`)
}

/** Of options that take from stock before the caller's transaction claims what was taken. */
export const grantMetrics = {
  stampede_stock_units_returned_total: counter(
    'Units given back that no committed work had claimed.',
  ),
  stampede_stock_grants_settled_total: counter(
    'Batches, and reservations of a counter, that are in the tables for good.',
  ),
}
