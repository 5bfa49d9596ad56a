import type { Registry } from 'prom-client'
import { createBankClient } from './clients/bank-client.ts'
import { createPartnersClient } from './clients/partners-client.ts'
import { createTicketClient } from './clients/ticket-client.ts'
import type { WorkerConfig } from './config.ts'
import type { Chaos, Services } from './ctx.ts'
import { connect } from './db/connections.ts'
import { defaultLimits } from './db/pool.ts'
import { registerBankMetrics } from './metrics/bank.ts'
import { registerConnectionMetrics } from './metrics/connections.ts'
import { shopObserver, silentObserver } from './metrics/observer.ts'
import { registerTicketMetrics } from './metrics/ticket-client.ts'
import { openLockServers, openRedis, schemaOf } from './redis.ts'

type Settings = Partial<Pick<WorkerConfig, 'REDLOCK_URLS'>> &
  Pick<
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
  const open = (connections: number) =>
    connect(config.DATABASE_URL, { ...defaultLimits, connections }, chaos)
  const connections = open(poolConnections)
  const side = open(sideConnections)
  const tickets = createTicketClient({ url: config.TICKETS_URL })
  const bank = createBankClient({ url: config.BANK_URL })
  const partners = createPartnersClient({ url: config.BANK_URL })
  const redis = openRedis(config.REDIS_URL, schemaOf(config.DATABASE_URL))
  const isMetered = config.STAMPEDE_METRICS === 'on'
  if (isMetered) {
    registerConnectionMetrics(registry, connections, side)
    registerTicketMetrics(registry, tickets)
  }
  return {
    connections,
    side,
    redis,
    lockServers: openLockServers(config.REDLOCK_URLS ?? [], schemaOf(config.DATABASE_URL)),
    tickets,
    bank: isMetered ? registerBankMetrics(registry, bank) : bank,
    partners,
    chaos,
    observer: isMetered ? shopObserver(registry) : silentObserver,
    orderTtlSeconds: config.STAMPEDE_ORDER_TTL_SECONDS,
  }
}

/** Closes what `openServices` has opened, once nothing uses it any more. */
export async function closeServices(services: Services): Promise<void> {
  const { connections, side, redis, lockServers } = services
  for (const one of [redis, ...lockServers]) one.disconnect()
  await Promise.all([connections.close(), side.close()])
}
