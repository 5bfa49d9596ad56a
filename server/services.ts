import type { Registry } from 'prom-client'
import { createBankClient } from './clients/bank-client.ts'
import { createPartnersClient } from './clients/partners-client.ts'
import { createTicketClient } from './clients/ticket-client.ts'
import type { WorkerConfig } from './config.ts'
import type { Chaos, Services } from './ctx.ts'
import { connect } from './db/connections.ts'
import { defaultLimits } from './db/pool.ts'
import { createAfterwards, wakeChannelOf } from './designs/effects/afterwards.ts'
import { createCoalescer } from './designs/stock/coalescer.ts'
import { noStockCounts } from './designs/stock/stock-counts.ts'
import { createLots } from './designs/transaction/lots.ts'
import { registerBankMetrics } from './metrics/bank.ts'
import { registerBatchMetrics } from './metrics/lots.ts'
import { registerReadMetrics } from './metrics/reads.ts'
import {
  registerConnectionMetrics,
  registerPostCommitMetrics,
  registerTicketMetrics,
  shopObserver,
  silentObserver,
} from './metrics/shop.ts'
import { registerStockMetrics } from './metrics/stock.ts'
import { openRedis, schemaOf } from './redis.ts'

type Settings = Pick<
  WorkerConfig,
  | 'DATABASE_URL'
  | 'REDIS_URL'
  | 'TICKETS_URL'
  | 'BANK_URL'
  | 'STAMPEDE_ORDER_TTL_SECONDS'
  | 'STAMPEDE_METRICS'
>

/** Statements that commit by themselves are short: a few connections serve many. */
const sideConnections = 4

/** Opens what the API server and the worker share, with its metrics in the registry. */
export function openServices(
  config: Settings,
  registry: Registry,
  chaos: Chaos,
  poolConnections = defaultLimits.connections,
): Services {
  const connections = connect(config.DATABASE_URL, {
    ...defaultLimits,
    connections: poolConnections,
  })
  const side = connect(config.DATABASE_URL, { ...defaultLimits, connections: sideConnections })
  const lots = createLots(connections)
  const stockCounts = noStockCounts()
  const tickets = createTicketClient({ url: config.TICKETS_URL })
  const bank = createBankClient({ url: config.BANK_URL })
  const partners = createPartnersClient({ url: config.BANK_URL })
  const schema = schemaOf(config.DATABASE_URL)
  const redis = openRedis(config.REDIS_URL, schema)
  const afterwards = createAfterwards({ connections, partners, redis }, wakeChannelOf(schema))
  const isMetered = config.STAMPEDE_METRICS === 'on'
  if (isMetered) {
    registerConnectionMetrics(registry, connections)
    registerTicketMetrics(registry, tickets)
    registerPostCommitMetrics(registry, afterwards)
    registerReadMetrics(registry, redis)
    registerStockMetrics(registry, stockCounts)
    registerBatchMetrics(registry, lots.counts)
  }
  return {
    connections,
    side,
    redis,
    coalescer: createCoalescer(side, stockCounts),
    lots,
    stockCounts,
    tickets,
    bank: isMetered ? registerBankMetrics(registry, bank) : bank,
    partners,
    afterwards,
    chaos,
    observer: isMetered ? shopObserver(registry) : silentObserver,
    orderTtlSeconds: config.STAMPEDE_ORDER_TTL_SECONDS,
  }
}

/** Ends what `openParts` has opened, once nobody uses it any more. */
export async function closeServices(services: Services): Promise<void> {
  const { connections, side, redis, coalescer, afterwards } = services
  await afterwards.drain()
  redis.disconnect()
  await coalescer.close()
  await Promise.all([connections.close(), side.close()])
}
