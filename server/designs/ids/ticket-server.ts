import { sql } from 'drizzle-orm'
import { IdsUnavailable, TicketsRetired } from '../../clients/ticket-client.ts'
import type { Connections } from '../../db/connections.ts'
import { Problem } from '../../errors.ts'
import type { IdsOption, SequenceName } from './ids.ts'
import { SourceRetired } from './source-retired.ts'

export const ticketServer: IdsOption = {
  range: 'tickets',
  summary: 'ranges leased ahead from an in-memory server of its own',
  doc: 'No row, no lock, no round trip.',
  out: 'values from this process’s range',
  closes: 'one id twice, by leases that are durable before they are used',
  leavesOpen: 'what a dead process had leased is a gap',
  hazard: 'processes use up their ranges side by side: a later id may be smaller',
  open: () => ({
    async take({ tickets, side }, _db, sequence, count) {
      return await orUnavailable(side, sequence, () => tickets.take(sequence, count))
    },
  }),
}

/**
 * What the ticket client gives.
 * @param side for the question where a retired sequence has moved
 * @throws Problem `ids-unavailable` where it has none; SourceRetired
 */
export async function orUnavailable(
  side: Connections,
  sequence: SequenceName,
  take: () => string[] | Promise<string[]>,
): Promise<string[]> {
  try {
    return await take()
  } catch (error) {
    if (!(error instanceof IdsUnavailable)) throw error
    if (error.cause instanceof TicketsRetired) await refuseRetired(side, sequence)
    throw new Problem('ids-unavailable', { cause: error })
  }
}

async function refuseRetired(side: Connections, sequence: SequenceName): Promise<void> {
  const [mark] = await side.rows<{ successor: string | null }>(
    sql`select successor from ticket_marks where name = ${sequence}`,
  )
  if (mark?.successor) throw new SourceRetired(mark.successor, 1)
}
