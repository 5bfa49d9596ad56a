import { gift } from './gift.ts'
import type { ItemKind } from './kind.ts'
import { normal } from './normal.ts'
import { onePlusOne } from './one-plus-one.ts'
import { promotion } from './promotion.ts'
import { reservation } from './reservation.ts'

/** Every kind of item, by the name that its options carry. */
export const itemKinds = {
  normal,
  'one-plus-one': onePlusOne,
  gift,
  reservation,
  promotion,
} as const satisfies Record<string, ItemKind>

export type KindName = keyof typeof itemKinds

export const kindNames = Object.keys(itemKinds) as KindName[]

export const kindOf = (name: KindName = 'normal'): ItemKind => itemKinds[name]
