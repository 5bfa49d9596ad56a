import type { Database } from '../../db/connections.ts'
import type { StockLine } from '../../designs/stock/stock.ts'

/** Pieces of one option for one customer, in whose order they are or were. */
export interface Claim extends StockLine {
  userId: string
}

/**
 * What is special about an item: no axis, the same in every design. The units leave stock as the
 * design says; the rest happens in the same transaction, after it.
 */
export interface ItemKind {
  /** Units of stock that so many pieces hold. */
  units(quantity: number): number
  /** True where the option's gift comes along, as a line of its own. */
  bringsGift?: boolean
  /**
   * Takes what the pieces need besides stock.
   * @throws Problem `sold-out` with a detail
   */
  take?(db: Database, claim: Claim): Promise<void>
  /** Undoes `take`: at cancelling, expiry, and when the flow is undone. */
  undo?(db: Database, claim: Claim): Promise<void>
}
