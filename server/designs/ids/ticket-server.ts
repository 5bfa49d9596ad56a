import { IdsUnavailable } from '../../clients/ticket-client.ts'
import { Problem } from '../../errors.ts'
import type { Option } from '../option.ts'
import type { Ids } from './ids.ts'

export const ticketServer: Option<Ids> = {
  summary: 'ranges leased ahead from an in-memory server of its own',
  doc: 'No row, no lock, no round trip.',
  out: 'values from this process’s range',
  closes: 'one id twice, by leases that are durable before they are used',
  leavesOpen: 'what a dead process had leased is a gap',
  hazard: 'processes use up their ranges side by side: a later id may be smaller',
  open: () => ({
    async take({ tickets }, _db, sequence, count) {
      return await orUnavailable(() => tickets.take(sequence, count))
    },
  }),
}

/** What the ticket client gives. @throws Problem `ids-unavailable` where it has none */
export async function orUnavailable(take: () => string[] | Promise<string[]>): Promise<string[]> {
  try {
    return await take()
  } catch (error) {
    if (error instanceof IdsUnavailable) throw new Problem('ids-unavailable', { cause: error })
    throw error
  }
}
