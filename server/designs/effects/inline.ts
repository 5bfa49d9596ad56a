import { Problem } from '../../errors.ts'
import { PartnerFailed } from '../../gateway/partners-client.ts'
import { countBestSellers } from './best-sellers.ts'
import type { Effects } from './effects.ts'

/** Everything at once, inside the payment's transaction: its locks wait for the partners too. */
export const inline: Effects = {
  async publish({ partners }, db, event) {
    await countBestSellers(db, event)
    try {
      await partners.deliver('data-platform', event.eventId, event)
      await partners.deliver('messages', event.eventId, event)
    } catch (error) {
      if (error instanceof PartnerFailed) throw new Problem('partner-failed', { cause: error })
      throw error
    }
  },
}
