import type { Registry } from 'prom-client'
import { sequenceNames } from '../designs/ids/ids.ts'
import { registerMetrics } from '../metrics/register.ts'
import { counter, gauge } from '../metrics/table.ts'
import type { SequenceState, Sequences } from './sequences.ts'

const labels = { sequence: sequenceNames }

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
  /** Unused sequences too, so that the first burst of one shows in its rate. */
  const totals = (read: (state: SequenceState) => number) => () => ({
    ...Object.fromEntries(sequenceNames.map((name) => [name, 0])),
    ...bySequence(read)(),
  })
  registerMetrics(registry, sequenceMetrics, {
    stampede_ticket_server_leases_total: totals(({ leases }) => leases),
    stampede_ticket_server_lease_errors_total: totals(({ leaseErrors }) => leaseErrors),
    stampede_ticket_server_step_ids: bySequence(({ step }) => step),
    stampede_ticket_server_buffered_ids: bySequence(({ buffered }) => buffered),
    stampede_ticket_server_ids_total: totals(({ handedOut }) => handedOut),
  })
}
