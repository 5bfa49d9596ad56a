import type { Registry } from 'prom-client'
import type { Connections } from '../db/connections.ts'
import { contentionNames } from '../db/failures.ts'
import { poolMetrics, poolReadings } from '../db/pool.ts'
import { registerMetrics } from './register.ts'
import { counter } from './table.ts'

/** Connection pool and transaction retries. */
export const connectionMetrics = {
  ...poolMetrics,
  stampede_transaction_retries_total: counter(
    'Transactions tried again after lock contention, by its kind.',
    { reason: contentionNames },
  ),
}

export function registerConnectionMetrics(registry: Registry, connections: Connections): void {
  const none = Object.fromEntries(contentionNames.map((name) => [name, 0]))
  registerMetrics(registry, connectionMetrics, {
    ...poolReadings(connections),
    stampede_transaction_retries_total: () => ({ ...none, ...connections.retries }),
  })
}
