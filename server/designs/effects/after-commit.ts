import { onEnd } from '../../db/connections.ts'
import { Problem } from '../../errors.ts'
import type { Effects } from './effects.ts'

/**
 * In memory, in this process, once the commit has been confirmed: no lock waits for a partner.
 * in: the event · out: effects under way in memory · leaves open: a process that dies between the
 * commit and its effects loses them, and so does a commit whose answer is lost. Nobody can tell.
 */
export const afterCommit: Effects = {
  async publish({ afterwards }, db, event) {
    if (!afterwards.hasRoom()) {
      throw new Problem('partner-failed', { detail: 'Too many effects wait in memory' })
    }
    onEnd(db, (ending) => {
      if (ending === 'committed') afterwards.begin(event)
    })
  },
}
