import type { BankClient, ChargeOutcome } from '../../clients/bank-client.ts'
import type { TicketClient } from '../../clients/ticket-client.ts'
import type { Services } from '../../ctx.ts'
import type { ShadowAnswer } from '../compare.ts'

const declined: unknown = 'card-declined'

/** What stands in for what a flow meets outside the database. */
export interface Pretended {
  services: Pick<Services, 'bank' | 'tickets' | 'partners'>
  /**
   * Begins again, so that all runs of a request meet the same.
   * @param served what the customer was answered
   * @param before ids begin after it
   */
  begin(served: ShadowAnswer, before?: bigint): void
}

/** The bank answers as it has answered the customer, ids are counted, partners confirm. */
export function pretended(): Pretended {
  let outcome: ChargeOutcome = 'captured'
  let first = 0n
  const last = new Map<string, bigint>()
  const next = (sequence: string) => {
    const id = (last.get(sequence) ?? first) + 1n
    last.set(sequence, id)
    return String(id)
  }
  const take = (sequence: string, count: number) =>
    Array.from({ length: count }, () => next(sequence))
  const bank: BankClient = {
    isAway: () => false,
    charge: async () => outcome,
    find: async () => (outcome === 'unknown' ? 'unknown' : outcome),
    void: async () => 'voided',
  }
  const tickets: TicketClient = {
    ...{ next, take, buffered: () => 0 },
    takeInOrder: async (sequence, count) => take(sequence, count),
    skipTo: () => {},
    stats: () => ({ refills: 0, refillErrors: 0, waits: 0 }),
  }
  const partners: Services['partners'] = {
    deliver: async () => {},
    deliverAll: async (_sink, events) => new Set(events.map(({ eventId }) => eventId)),
  }
  return {
    services: { bank, tickets, partners },
    begin({ body }, before = 0n) {
      const { code } = JSON.parse(body) as { code?: unknown }
      outcome = code === declined ? 'declined' : 'captured'
      first = before
      last.clear()
    },
  }
}
