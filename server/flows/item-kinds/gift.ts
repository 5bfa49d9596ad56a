import type { ItemKind } from './kind.ts'

/**
 * Each piece brings a piece of another option for nothing. The gift is a line of its own, so it
 * leaves stock and comes back as any other; when it is sold out its line holds 0 units.
 */
export const gift: ItemKind = { units: (quantity) => quantity, bringsGift: true }
