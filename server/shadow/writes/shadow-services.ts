import { noChaos, type Services } from '../../ctx.ts'
import { OpenedOptions } from '../../designs/opened-options.ts'
import { silentObserver } from '../../metrics/observer.ts'
import { openLockServers, openRedis, schemaOf } from '../../redis.ts'
import type { Pretended } from './pretended.ts'

/** What shadows of orders are opened by. */
export interface WriteSettings {
  DATABASE_URL: string
  REDIS_URL: string
  REDLOCK_URLS?: readonly string[] | undefined
  STAMPEDE_ORDER_TTL_SECONDS: number
}

/**
 * The options of a shadow that writes: keys of its own in Redis, no faults, nothing observed, and
 * what leaves the database pretended.
 */
export function openShadowOptions(
  settings: WriteSettings,
  databases: Pick<Services, 'connections' | 'side'>,
  outside: Pretended,
): { options: OpenedOptions; close(): Promise<void> } {
  const { DATABASE_URL, REDIS_URL, REDLOCK_URLS = [], STAMPEDE_ORDER_TTL_SECONDS } = settings
  const keys = `${schemaOf(DATABASE_URL)}:shadow`
  const services: Services = {
    ...{ ...databases, ...outside.services, isShadow: true },
    redis: openRedis(REDIS_URL, keys),
    lockServers: openLockServers(REDLOCK_URLS, keys),
    chaos: noChaos,
    observer: silentObserver,
    orderTtlSeconds: STAMPEDE_ORDER_TTL_SECONDS,
  }
  const options = new OpenedOptions(services)
  return {
    options,
    async close() {
      await options.close()
      for (const one of [services.redis, ...services.lockServers]) one.disconnect()
    },
  }
}
