import type { ItemKind } from './kind.ts'
import { giveQuotaBack, takeQuota } from './quota.ts'

/** Made to order: nothing leaves stock now, but no more is promised than the quota. */
export const reservation: ItemKind = {
  units: () => 0,
  take: takeQuota,
  undo: giveQuotaBack,
}
