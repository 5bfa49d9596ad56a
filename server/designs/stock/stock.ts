import type { SQL } from 'drizzle-orm'
import type { Ctx, Services } from '../../ctx.ts'
import type { Database } from '../../db/connections.ts'

export interface StockLine {
  optionId: string
  quantity: number
}

/** What one order takes; its gifts are left where they are not to be had. */
export interface Wanted<Gift extends StockLine = StockLine> {
  lines: readonly StockLine[]
  gifts: readonly Gift[]
}

/**
 * Where it stands what is left: in the row of the option, in the lines taken, or in a counter.
 * Who goes by one of them does not see what is sold by another.
 */
export type StockLedger = 'row' | 'lines' | 'counter'

/** Axis `stock`: how one item of an order is taken from stock, never below zero. */
export interface Stock {
  /** Absent = `row`. */
  book?: StockLedger
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
    orders: readonly Wanted<Gift>[],
  ): Promise<(readonly Gift[] | undefined)[]>
  /** Gives the line back with the caller's transaction. */
  giveBack(ctx: Ctx, db: Database, line: StockLine): Promise<void>
  /**
   * Takes the line for good, durably before it answers, with no transaction of the caller's: what
   * `take` itself is built on. Where it is absent, a transaction around `take` does the same.
   */
  takeAlone?(ctx: Ctx, line: StockLine): Promise<boolean>
  /**
   * Brings what is under way into the tables, and gives back what dead processes had taken; safe at
   * any time, by any number of processes at once.
   * @returns how many things it settled; 0 = nothing to do just now
   */
  settle?(services: Services): Promise<number>
}
