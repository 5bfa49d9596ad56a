import type { Registry } from 'prom-client'
import type { Connections } from '../db/connections.ts'
import type { StatementCounters } from '../db/database.ts'
import { contentionNames } from '../db/failures.ts'
import { poolMetrics, poolReadings } from '../db/pool.ts'
import { sharedMetrics } from '../db/shared-tally.ts'
import { registerMetrics } from './register.ts'
import { counter } from './table.ts'

/** Connection pool, transaction retries, and what the database is sent over all connections. */
export const connectionMetrics = {
  ...poolMetrics,
  ...sharedMetrics,
  stampede_transaction_retries_total: counter(
    'Transactions tried again after lock contention, by its kind.',
    { reason: contentionNames },
  ),
  stampede_database_statements_total: counter('Statements that the process sent to the database.'),
  stampede_database_round_trips_total: counter(
    'Times that it waited for answers; what is sent together is one.',
  ),
  stampede_database_transactions_total: counter('Explicit transactions that it asked to commit.'),
}

export function registerConnectionMetrics(
  registry: Registry,
  connections: Connections,
  side: Pick<Connections, 'counters'>,
): void {
  const sum = (name: keyof StatementCounters) => () =>
    connections.counters[name] + side.counters[name]
  const none = Object.fromEntries(contentionNames.map((name) => [name, 0]))
  registerMetrics(registry, connectionMetrics, {
    ...poolReadings(connections),
    stampede_shared_statement_requests: connections.shared.read,
    stampede_database_statements_total: sum('statements'),
    stampede_database_round_trips_total: sum('roundTrips'),
    stampede_database_transactions_total: sum('transactions'),
    stampede_transaction_retries_total: () => ({ ...none, ...connections.retries }),
  })
}
