import type { Database } from '../../db/connections.ts'

export interface StockLine {
  optionId: string
  quantity: number
}

/** Axis `stock`: how one item of an order is taken from stock, never below zero. */
export interface Stock {
  /**
   * Takes the line inside the caller's transaction; the row stays locked until that ends.
   * @returns false when there is not enough left
   */
  take(db: Database, line: StockLine): Promise<boolean>
  /** Gives the line back, inside the caller's transaction. */
  giveBack(db: Database, line: StockLine): Promise<void>
}
