import type { ItemKind } from './kind.ts'

/** Pay for one piece, have two: both leave stock, both come back. */
export const onePlusOne: ItemKind = { units: (quantity) => 2 * quantity }
