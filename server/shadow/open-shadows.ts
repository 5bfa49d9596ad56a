import type { BankClient } from '../clients/bank-client.ts'
import type { PartnersClient } from '../clients/partners-client.ts'
import type { TicketClient } from '../clients/ticket-client.ts'
import { noChaos, type Services } from '../ctx.ts'
import { connect } from '../db/connections.ts'
import { defaultLimits } from '../db/pool.ts'
import { OpenedOptions } from '../designs/opened-options.ts'
import { silentObserver } from '../metrics/observer.ts'
import { openRedis, schemaOf } from '../redis.ts'
import type { ShadowMeter } from './record.ts'
import { readsAgain, Shadows } from './shadows.ts'
import { openRolledBack } from './writes/rolled-back.ts'
import { openShadowWrites } from './writes/shadow-writes.ts'

/** Few, and none of those that customers wait for. */
const limits = {
  ...defaultLimits,
  connections: 2,
  queueLimit: 8,
  lockWaitTimeoutSeconds: 1,
  statementTimeoutSeconds: 2,
  answerTimeoutMs: 3000,
  isReadOnly: true as const,
}

type ShadowSettings = Parameters<typeof openShadowWrites>[0]

export interface OpenShadows {
  shadows: Shadows
  /** What requests that only read have. */
  services: Services
  writes: ReturnType<typeof openShadowWrites>
  rolledBack: ReturnType<typeof openRolledBack>
  close(): Promise<void>
}

/**
 * Opens what shadows run on; nothing is connected before the first one runs. The database refuses
 * their writes but for those that are rolled back, their keys in Redis have a prefix of their own,
 * and they have no way to the bank, the partners and the ticket server.
 * @param shop whose connections customers use: while all are lent out, no shadow runs
 */
export function openShadows(
  settings: ShadowSettings,
  shop: Pick<Services, 'connections'>,
  meter: ShadowMeter,
): OpenShadows {
  const { DATABASE_URL, REDIS_URL } = settings
  const connections = connect(DATABASE_URL, limits)
  const services: Services = {
    connections,
    side: connections,
    redis: openRedis(REDIS_URL, `${schemaOf(DATABASE_URL)}:shadow`),
    lockServers: [],
    ...unreachable,
    chaos: noChaos,
    observer: silentObserver,
    orderTtlSeconds: 1,
  }
  const options = new OpenedOptions(services)
  const writes = openShadowWrites(settings, connections)
  const rolledBack = openRolledBack(settings, connections)
  const reads = readsAgain(options)
  const shadows = new Shadows({
    wayOf({ axis, writes: where }) {
      if (axis === 'reads') return reads
      return where === 'rolled-back' ? rolledBack : writes
    },
    isBusy: () => shop.connections.counters.inUse >= shop.connections.limits.connections,
    meter,
  })
  return {
    shadows,
    services,
    writes,
    rolledBack,
    async close() {
      await shadows.close()
      await Promise.all([options.close(), writes.close(), rolledBack.close()])
      services.redis.disconnect()
      await connections.close()
    },
  }
}

function never(whom: string): never {
  throw new Error(`a shadow reaches no ${whom}`)
}

const bank: BankClient = {
  isAway: () => false,
  charge: async () => never('bank'),
  find: async () => never('bank'),
  void: async () => never('bank'),
}
const partners: PartnersClient = {
  deliver: async () => never('partner'),
  deliverAll: async () => never('partner'),
}
const tickets: TicketClient = {
  next: () => never('ticket server'),
  take: () => never('ticket server'),
  takeInOrder: async () => never('ticket server'),
  skipTo: () => never('ticket server'),
  buffered: () => 0,
  stats: () => never('ticket server'),
}
const unreachable = { bank, partners, tickets }
