import type { Registry } from 'prom-client'
import { registerMetrics } from '../metrics/register.ts'
import { counter, gauge } from '../metrics/table.ts'
import type { SequenceState, Sequences } from './sequences.ts'

/** There are four sequences. */
const labels = { sequence: [] }

/** What the ticket server counts itself. */
export const sequenceMetrics = {
  stampede_ticket_server_leases_total: counter('Leases taken in the database.', labels),
  stampede_ticket_server_lease_errors_total: counter('Leases that could not be taken.', labels),
  stampede_ticket_server_step_ids: gauge('Ids that the next lease is to have.', labels),
  stampede_ticket_server_buffered_ids: gauge(
    'Ids that can be handed out without the database.',
    labels,
  ),
  stampede_ticket_server_ids_total: counter('Ids handed out.', labels),
}

export function registerSequenceMetrics(
  registry: Registry,
  sequences: Pick<Sequences, 'list'>,
): void {
  const bySequence = (read: (state: SequenceState) => number) => () =>
    Object.fromEntries(sequences.list().map((state) => [state.sequence, read(state)]))
  registerMetrics(registry, sequenceMetrics, {
    stampede_ticket_server_leases_total: bySequence(({ leases }) => leases),
    stampede_ticket_server_lease_errors_total: bySequence(({ leaseErrors }) => leaseErrors),
    stampede_ticket_server_step_ids: bySequence(({ step }) => step),
    stampede_ticket_server_buffered_ids: bySequence(({ buffered }) => buffered),
    stampede_ticket_server_ids_total: bySequence(({ handedOut }) => handedOut),
  })
}
