import type { ItemKind } from './kind.ts'

/** A piece is a unit. */
export const normal: ItemKind = { units: (quantity) => quantity }
