import type { Registry } from 'prom-client'
import { scrapedByLabel } from '../metrics/scraped.ts'
import type { SequenceState, Sequences } from './sequences.ts'

/** What the ticket server says of itself; there are at most 64 sequences. */
export function registerSequenceMetrics(
  registry: Registry,
  sequences: Pick<Sequences, 'list'>,
): void {
  const series = (
    type: 'counter' | 'gauge',
    name: string,
    help: string,
    read: (state: SequenceState) => number,
  ) => {
    const head = { name: `stampede_ticket_server_${name}`, help, labelName: 'sequence' }
    scrapedByLabel(registry, head, type, () =>
      Object.fromEntries(sequences.list().map((state) => [state.sequence, read(state)])),
    )
  }
  series('counter', 'leases_total', 'Leases taken in the database.', ({ leases }) => leases)
  series(
    'counter',
    'lease_errors_total',
    'Leases that could not be taken.',
    ({ leaseErrors }) => leaseErrors,
  )
  series('gauge', 'step_ids', 'Ids that the next lease is to have.', ({ step }) => step)
  series(
    'gauge',
    'buffered_ids',
    'Ids that can be handed out without the database.',
    ({ buffered }) => buffered,
  )
  series('counter', 'ids_total', 'Ids handed out.', ({ handedOut }) => handedOut)
}
