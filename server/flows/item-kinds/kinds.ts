import type { ItemKind } from './kind.ts'
import { promotion } from './promotion.ts'
import { giveQuotaBack, takeQuota } from './quota.ts'

/** Every kind of item, by the name that its options carry. */
export const itemKinds = {
  /** A piece is a unit. */
  normal: { units: (quantity) => quantity },
  /** Pay for one piece, have two: both leave stock, both come back. */
  'one-plus-one': { units: (quantity) => 2 * quantity },
  /**
   * Each piece brings a piece of another option for nothing. The gift is a line of its own, so it
   * leaves stock and comes back as any other; when it is sold out its line holds 0 units.
   */
  gift: { units: (quantity) => quantity, bringsGift: true },
  /** Made to order: nothing leaves stock now, but no more is promised than the quota. */
  reservation: { units: () => 0, take: takeQuota, undo: giveQuotaBack },
  promotion,
} as const satisfies Record<string, ItemKind>

export type KindName = keyof typeof itemKinds

export const kindNames = Object.keys(itemKinds) as KindName[]

export const kindOf = (name: KindName = 'normal'): ItemKind => itemKinds[name]
