import { Problem } from '../../errors.ts'
import { IdsUnavailable } from '../../tickets/client.ts'
import type { Ids } from './ids.ts'

/** Ids come out of a range leased ahead from the ticket server: no row, no lock, no round trip. */
export const ticketServer: Ids = {
  async take({ tickets }, _db, sequence, count) {
    try {
      return await tickets.take(sequence, count)
    } catch (error) {
      if (error instanceof IdsUnavailable) throw new Problem('ids-unavailable', { cause: error })
      throw error
    }
  },
}
