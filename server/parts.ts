import type { Registry } from 'prom-client'
import type { WorkerConfig } from './config.ts'
import type { Chaos, Parts } from './ctx.ts'
import { connect } from './db/connections.ts'
import { defaultLimits } from './db/pool.ts'
import { createBankClient } from './gateway/bank-client.ts'
import { createPartnersClient } from './gateway/partners-client.ts'
import { meterConnections, meterTickets, shopObserver } from './metrics/shop.ts'
import { createTicketClient } from './tickets/client.ts'

type Settings = Pick<
  WorkerConfig,
  'DATABASE_URL' | 'TICKETS_URL' | 'BANK_URL' | 'STAMPEDE_ORDER_TTL_SECONDS'
>

/** Opens what the API server and the worker share, with its metrics in the registry. */
export function openParts(
  config: Settings,
  registry: Registry,
  chaos: Chaos,
  poolConnections = defaultLimits.connections,
): Parts {
  const connections = connect(config.DATABASE_URL, {
    ...defaultLimits,
    connections: poolConnections,
  })
  const tickets = createTicketClient({ url: config.TICKETS_URL })
  meterConnections(registry, connections)
  meterTickets(registry, tickets)
  return {
    connections,
    tickets,
    bank: createBankClient({ url: config.BANK_URL }),
    partners: createPartnersClient({ url: config.BANK_URL }),
    chaos,
    observer: shopObserver(registry),
    orderTtlSeconds: config.STAMPEDE_ORDER_TTL_SECONDS,
  }
}
