import type { Registry } from 'prom-client'
import type { TicketClient } from '../clients/ticket-client.ts'
import { sequenceNames } from '../designs/ids/ids.ts'
import { registerMetrics } from './register.ts'
import { counter, gauge } from './table.ts'

/** The stock of ids that this process has leased. */
export const ticketMetrics = {
  stampede_ticket_refills_total: counter('Ranges leased from the ticket server.'),
  stampede_ticket_refill_errors_total: counter('Ranges that could not be leased.'),
  stampede_ticket_waits_total: counter('Ids that had to wait for a range.'),
  stampede_ticket_buffered_ids: gauge(
    'Ids in the buffer, which need no answer of the ticket server, by sequence.',
    { sequence: sequenceNames },
  ),
}

export function registerTicketMetrics(registry: Registry, tickets: TicketClient): void {
  registerMetrics(registry, ticketMetrics, {
    stampede_ticket_refills_total: () => tickets.stats().refills,
    stampede_ticket_refill_errors_total: () => tickets.stats().refillErrors,
    stampede_ticket_waits_total: () => tickets.stats().waits,
    stampede_ticket_buffered_ids: () =>
      Object.fromEntries(sequenceNames.map((name) => [name, tickets.buffered(name)])),
  })
}
