import type { Ctx } from '../../ctx.ts'
import type { Database } from '../../db/connections.ts'
import type { Option } from '../option.ts'
import type { RangeName } from './number-ranges.ts'

/** Everything that gets an id of its own. */
export const sequenceNames = [
  'cart_items',
  'orders',
  'order_items',
  'payments',
  'payment_history',
] as const

export type SequenceName = (typeof sequenceNames)[number]

/** Axis `ids`: where ids come from. Ids are unique per sequence and increase for one caller. */
export interface Ids {
  /**
   * @param db the transaction that will write the rows; a table-backed source locks in it
   * @returns `count` decimal strings
   * @throws Problem `ids-unavailable`; SourceRetired where the sequence has moved to another source
   */
  take(ctx: Ctx, db: Database, sequence: SequenceName, count: number): Promise<string[]>
}

/** An option of the axis, with the numbers that its ids are of. */
export interface IdsOption extends Option<Ids> {
  range: RangeName
}

/** `count` ids in a row, the last of which is `last`. */
export const idsUpTo = (last: number, count: number): string[] =>
  Array.from({ length: count }, (_, index) => String(last - count + 1 + index))
