import { PartnerFailed } from '../../clients/partners-client.ts'
import { Problem } from '../../errors.ts'
import type { Option } from '../option.ts'
import { countBestSellers, type Effects } from './effects.ts'

export const inline: Option<Effects> = {
  summary: 'at once, inside the payment’s transaction',
  out: 'all effects done',
  closes: 'a payment without its effects',
  leavesOpen: 'locks that wait for the partners, and a payment that fails with one of them',
  hazard: 'a partner may be notified of a payment which is then rolled back',
  knownBad: { checks: ['effects-once'], when: 'at-a-rollback' },
  open: () => ({
    async publish({ partners }, db, events) {
      countBestSellers(db, events)
      await db.flush()
      try {
        for (const event of events) {
          await partners.deliver('data-platform', event.eventId, event)
          await partners.deliver('messages', event.eventId, event)
        }
      } catch (error) {
        if (error instanceof PartnerFailed) throw new Problem('partner-failed', { cause: error })
        throw error
      }
    },
  }),
}
